# Activates this virtual environment in tcsh, or in a csh that is like it.
#
#     source bin/activate.csh
#     deactivate                  puts everything back
#
# To keep your prompt as it is, set VIRTUAL_ENV_DISABLE_PROMPT to anything before.

# An "if" of one line expands its command even where it doesn't run it: hence eval, which expands it when it does.
set _venv_path = 'if ( $?_OLD_VIRTUAL_PATH ) eval setenv PATH \$_OLD_VIRTUAL_PATH:q'
set _venv_list = 'if ( $?_OLD_VIRTUAL_NO_PATH ) eval set path = \( \$_OLD_VIRTUAL_NO_PATH:q \)'
set _venv_none = 'if ( $?_OLD_VIRTUAL_NO_PATH ) unsetenv PATH'
set _venv_home = 'if ( $?_OLD_VIRTUAL_PYTHONHOME ) eval setenv PYTHONHOME \$_OLD_VIRTUAL_PYTHONHOME:q'
set _venv_look = 'if ( $?_OLD_VIRTUAL_PROMPT ) eval set prompt = \$_OLD_VIRTUAL_PROMPT:q'
set _venv_vars = 'unset _OLD_VIRTUAL_*; unsetenv VIRTUAL_ENV; unsetenv VIRTUAL_ENV_PROMPT'
set _venv_last = 'rehash; if ( "\!*" != nondestructive ) unalias deactivate pydoc'
alias deactivate "$_venv_path; $_venv_list; $_venv_none; $_venv_home; $_venv_look; $_venv_vars; $_venv_last"
unset _venv_*

# An environment that is active in this shell makes room for this one.
deactivate nondestructive

setenv VIRTUAL_ENV __VENV_DIR__
setenv VIRTUAL_ENV_PROMPT __VENV_PROMPT__

if ( $?PATH ) then
    set _OLD_VIRTUAL_PATH = $PATH:q
    if ( "$PATH:q" == '' ) then
        setenv PATH __VENV_DIR__/__VENV_BIN_NAME__
    else
        setenv PATH __VENV_DIR__/__VENV_BIN_NAME__":"$PATH:q
    endif
else
    # csh goes on to search its own list, and makes a PATH of it when the list changes.
    set _OLD_VIRTUAL_NO_PATH = ( $path:q )
    set path = ( __VENV_DIR__/__VENV_BIN_NAME__ $path:q )
endif

if ( $?PYTHONHOME ) then
    set _OLD_VIRTUAL_PYTHONHOME = $PYTHONHOME:q
    unsetenv PYTHONHOME
endif

set _venv_hidden = ''
if ( $?VIRTUAL_ENV_DISABLE_PROMPT ) then
    set _venv_hidden = $VIRTUAL_ENV_DISABLE_PROMPT:q
endif
if ( $?prompt && "$_venv_hidden:q" == '' ) then
    set _OLD_VIRTUAL_PROMPT = $prompt:q
    if ( $?tcsh && "x"__VENV_PROMPT__ =~ *[%\!\^\\]* ) then
        # tcsh expands these characters each time it draws a prompt, but not in a variable that it draws.
        set prompt = '(%$VIRTUAL_ENV_PROMPT) '$prompt:q
    else
        set prompt = "("__VENV_PROMPT__") "$prompt:q
    endif
endif
unset _venv_*

alias pydoc 'python -m pydoc'
rehash
