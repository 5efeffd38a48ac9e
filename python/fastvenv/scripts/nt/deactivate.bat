@rem Leaves the virtual environment and puts everything back.

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
@set "VIRTUAL_ENV="
@set "VIRTUAL_ENV_PROMPT="
@exit /b 0
