# Activates this virtual environment in tcsh, or in a csh that is like it.
#
#     source bin/activate.csh
#     deactivate                  puts everything back
#
# To keep your prompt as it is, set VIRTUAL_ENV_DISABLE_PROMPT to anything before.

# An "if" of one line expands its command even where it doesn't run it: hence eval, which expands it when it does.
set _venv_path = 'if ( $?_OLD_VIRTUAL_PATH ) eval setenv PATH \$_OLD_VIRTUAL_PATH:q; if ( $?_OLD_VIRTUAL_NO_PATH ) eval set path = \( \$_OLD_VIRTUAL_NO_PATH:q \); if ( $?_OLD_VIRTUAL_NO_PATH ) unsetenv PATH'
set _venv_home = 'if ( $?_OLD_VIRTUAL_PYTHONHOME ) eval setenv PYTHONHOME \$_OLD_VIRTUAL_PYTHONHOME:q'
set _venv_prompt = 'if ( $?_OLD_VIRTUAL_PROMPT ) eval set prompt = \$_OLD_VIRTUAL_PROMPT:q'
set _venv_unset = 'unset _OLD_VIRTUAL_PATH _OLD_VIRTUAL_NO_PATH _OLD_VIRTUAL_PYTHONHOME _OLD_VIRTUAL_PROMPT; unsetenv VIRTUAL_ENV; unsetenv VIRTUAL_ENV_PROMPT'
set _venv_last = 'rehash; if ( "\!*" != nondestructive ) unalias deactivate pydoc'
alias deactivate "$_venv_path:q; $_venv_home:q; $_venv_prompt:q; $_venv_unset:q; $_venv_last:q"
unset _venv_path _venv_home _venv_prompt _venv_unset _venv_last

# An environment that is active in this shell makes room for this one.
deactivate nondestructive

setenv VIRTUAL_ENV __VENV_DIR__
setenv VIRTUAL_ENV_PROMPT __VENV_PROMPT__

if ( $?PATH ) then
    set _OLD_VIRTUAL_PATH = "$PATH:q"
    if ( "$PATH:q" == "" ) then
        setenv PATH "$VIRTUAL_ENV:q/"__VENV_BIN_NAME__
    else
        setenv PATH "$VIRTUAL_ENV:q/"__VENV_BIN_NAME__":$PATH:q"
    endif
else
    # csh goes on to search its own list, and makes a PATH of it when the list changes.
    set _OLD_VIRTUAL_NO_PATH = ( $path:q )
    set path = ( "$VIRTUAL_ENV:q/"__VENV_BIN_NAME__ $path:q )
endif

if ( $?PYTHONHOME ) then
    set _OLD_VIRTUAL_PYTHONHOME = "$PYTHONHOME:q"
    unsetenv PYTHONHOME
endif

set _venv_hidden = ''
if ( $?VIRTUAL_ENV_DISABLE_PROMPT ) then
    set _venv_hidden = "$VIRTUAL_ENV_DISABLE_PROMPT:q"
endif
if ( $?prompt && "$_venv_hidden:q" == '' ) then
    set _OLD_VIRTUAL_PROMPT = "$prompt:q"
    if ( $?tcsh && "$VIRTUAL_ENV_PROMPT:q" =~ *[%\!\^\\]* ) then
        # tcsh expands these characters each time it draws a prompt, but not in a variable that it draws.
        set prompt = '(%$VIRTUAL_ENV_PROMPT) '"$prompt:q"
    else
        set prompt = "($VIRTUAL_ENV_PROMPT:q) $prompt:q"
    endif
endif
unset _venv_hidden

alias pydoc 'python -m pydoc'
rehash
