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
set _venv_keep = 'if ( $?_OLD_VIRTUAL_PROMPT ) eval set _venv_back = \$_OLD_VIRTUAL_PROMPT:q'
set _venv_vars = 'unset _OLD_VIRTUAL_* _venv_prompt _venv_hidden; unsetenv _OLD_VIRTUAL_*'
set _venv_envs = 'unsetenv VIRTUAL_ENV; unsetenv VIRTUAL_ENV_PROMPT'
set _venv_last = 'rehash; if ( "\!*" != nondestructive ) unalias deactivate pydoc'
# A readonly prompt ends this: everything else comes first.
set _venv_look = 'if ( $?_venv_back ) eval set prompt = \$_venv_back:q; unset _venv_back'
set _venv_main = "$_venv_path; $_venv_list; $_venv_none; $_venv_home"
alias deactivate "$_venv_main; $_venv_keep; $_venv_vars; $_venv_envs; $_venv_last; $_venv_look"
unset _venv_*

# This shell may have inherited an environment from another one, which alone knows what was there before.
set _venv_pid = ''
if ( $?_OLD_VIRTUAL_PID ) then
    set _venv_pid = $_OLD_VIRTUAL_PID:q
endif
if ( "$_venv_pid:q" != $$ ) then
    unset _OLD_VIRTUAL_PATH _OLD_VIRTUAL_NO_PATH
    unsetenv _OLD_VIRTUAL_PATH
    unsetenv _OLD_VIRTUAL_NO_PATH
    if ( $?VIRTUAL_ENV && $?PATH ) then
        set _venv_gone = $VIRTUAL_ENV:q/__VENV_BIN_NAME__
        set _venv_kept = ( )
        foreach _venv_entry ( $path:q )
            if ( "$_venv_entry:q" != "$_venv_gone:q" ) set _venv_kept = ( $_venv_kept:q $_venv_entry:q )
        end
        if ( $#_venv_kept != $#path ) set path = ( $_venv_kept:q )
    endif
endif
unset _venv_*

# An environment that is active in this shell makes room for this one.
deactivate nondestructive

set _OLD_VIRTUAL_PID = $$
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

alias pydoc 'python -m pydoc'
rehash

set _venv_hidden = ''
if ( $?VIRTUAL_ENV_DISABLE_PROMPT ) then
    set _venv_hidden = $VIRTUAL_ENV_DISABLE_PROMPT:q
endif
if ( $?prompt && "$_venv_hidden:q" == '' ) then
    set _venv_prompt = $prompt:q
    # A readonly prompt ends the script here.
    if ( $?tcsh && "x"__VENV_PROMPT__ =~ *[%\!\^\\]* ) then
        # tcsh expands these characters each time it draws a prompt, but not in a variable that it draws.
        set prompt = '(%$VIRTUAL_ENV_PROMPT) '$prompt:q
    else
        set prompt = "("__VENV_PROMPT__") "$prompt:q
    endif
    set _OLD_VIRTUAL_PROMPT = $_venv_prompt:q
endif
unset _venv_*
