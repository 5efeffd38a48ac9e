@rem Activates this virtual environment in cmd.exe. "deactivate" puts everything back.
@rem To keep your prompt as it is, set VIRTUAL_ENV_DISABLE_PROMPT to anything before.
@rem
@rem What was there before is kept under names of our own: a bash that is started from here inherits them, and must
@rem not take a PATH of Windows for the one that its own script kept.

@rem This file is UTF-8, and cmd.exe reads it line by line in the code page of the moment.
@for /f "tokens=2 delims=:." %%a in ('"%SystemRoot%\System32\chcp.com"') do @set "_VENV_BAT_CODEPAGE=%%a"
@if defined _VENV_BAT_CODEPAGE @"%SystemRoot%\System32\chcp.com" 65001 >nul

@rem An environment that is active makes room for this one.
@if defined _VENV_BAT_PATH @set "PATH=%_VENV_BAT_PATH%"
@if defined _VENV_BAT_NO_PATH @set "PATH="
@if defined _VENV_BAT_PROMPT @set "PROMPT=%_VENV_BAT_PROMPT%"
@if defined _VENV_BAT_NO_PROMPT @set "PROMPT="
@if defined _VENV_BAT_PYTHONHOME @set "PYTHONHOME=%_VENV_BAT_PYTHONHOME%"
@set "_VENV_BAT_PATH="
@set "_VENV_BAT_NO_PATH="
@set "_VENV_BAT_PROMPT="
@set "_VENV_BAT_NO_PROMPT="
@set "_VENV_BAT_PYTHONHOME="

@set "VIRTUAL_ENV=__VENV_DIR__"
@set "VIRTUAL_ENV_PROMPT=__VENV_PROMPT__"

@if defined PATH @set "_VENV_BAT_PATH=%PATH%"
@if defined PATH @set "PATH=__VENV_DIR__\__VENV_BIN_NAME__;%PATH%"
@if not defined PATH @set "_VENV_BAT_NO_PATH=1"
@if not defined PATH @set "PATH=__VENV_DIR__\__VENV_BIN_NAME__"

@if defined PYTHONHOME @set "_VENV_BAT_PYTHONHOME=%PYTHONHOME%"
@set "PYTHONHOME="

@if defined _VENV_BAT_CODEPAGE @"%SystemRoot%\System32\chcp.com" %_VENV_BAT_CODEPAGE% >nul
@set "_VENV_BAT_CODEPAGE="

@if defined VIRTUAL_ENV_DISABLE_PROMPT @exit /b 0
@if defined PROMPT @set "_VENV_BAT_PROMPT=%PROMPT%"
@if not defined PROMPT @set "_VENV_BAT_NO_PROMPT=1"
@if not defined PROMPT @set "PROMPT=$P$G"
@rem A dollar starts a code each time PROMPT is drawn; two of them are the character.
@if defined VIRTUAL_ENV_PROMPT @set "_VENV_BAT_NAME=%VIRTUAL_ENV_PROMPT:$=$$%"
@set "PROMPT=(%_VENV_BAT_NAME%) %PROMPT%"
@set "_VENV_BAT_NAME="
@exit /b 0
