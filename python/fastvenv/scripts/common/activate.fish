# Activates this virtual environment in fish (https://fishshell.com).
#
#     source bin/activate.fish
#     deactivate                  puts everything back
#
# To keep your prompt as it is, set VIRTUAL_ENV_DISABLE_PROMPT to anything before.

function deactivate --description 'Leave the virtual environment and put everything back'
    # A fish started from this one inherits the variables, but not the functions: each is restored if it is there.
    if set -q _OLD_VIRTUAL_PATH
        set -gx PATH $_OLD_VIRTUAL_PATH
        set -e _OLD_VIRTUAL_PATH
    else if set -q _OLD_VIRTUAL_NO_PATH
        set -e PATH
    end
    set -e _OLD_VIRTUAL_NO_PATH
    set -e _OLD_VIRTUAL_PID
    if set -q _OLD_VIRTUAL_PYTHONHOME
        set -gx PYTHONHOME $_OLD_VIRTUAL_PYTHONHOME
        set -e _OLD_VIRTUAL_PYTHONHOME
    end
    if builtin functions -q _old_fish_prompt
        builtin functions -e fish_prompt
        builtin functions -c _old_fish_prompt fish_prompt
        builtin functions -e _old_fish_prompt _old_fish_status
    end
    set -e _OLD_FISH_PROMPT_OVERRIDE
    set -e VIRTUAL_ENV
    set -e VIRTUAL_ENV_PROMPT
    if builtin test "$argv[1]" != nondestructive
        builtin functions -e deactivate
    end
end

# This shell may have inherited an environment from another one, which alone knows what was there before.
if builtin test "$_OLD_VIRTUAL_PID" != $fish_pid
    set -e _OLD_VIRTUAL_PATH
    set -e _OLD_VIRTUAL_NO_PATH
    if set -q VIRTUAL_ENV[1]
        while set -l place (builtin contains -i -- "$VIRTUAL_ENV/"__VENV_BIN_NAME__ $PATH)
            set -e PATH[$place]
        end
        set -q PATH[1]; or set -e PATH
    end
end

# An environment that is active in this shell makes room for this one.
deactivate nondestructive

set -gx _OLD_VIRTUAL_PID $fish_pid
set -gx VIRTUAL_ENV __VENV_DIR__
set -gx VIRTUAL_ENV_PROMPT __VENV_PROMPT__

if set -q PATH
    set -gx _OLD_VIRTUAL_PATH $PATH
else
    set -gx _OLD_VIRTUAL_NO_PATH $VIRTUAL_ENV
end
set -gx PATH "$VIRTUAL_ENV/"__VENV_BIN_NAME__ $PATH

if set -q PYTHONHOME
    set -gx _OLD_VIRTUAL_PYTHONHOME $PYTHONHOME
    set -e PYTHONHOME
end

# The prompt of fish is a function.
if builtin test -z "$VIRTUAL_ENV_DISABLE_PROMPT"; and builtin functions -q fish_prompt
    builtin functions -c fish_prompt _old_fish_prompt

    function _old_fish_status
        return $argv[1]
    end

    function fish_prompt
        set -l last_status $status
        builtin set_color 4B8BBE
        builtin printf '(%s)' __VENV_PROMPT__
        builtin set_color normal
        builtin printf ' '
        # The prompt of before may show how the last command ended.
        _old_fish_status $last_status
        _old_fish_prompt
    end

    set -gx _OLD_FISH_PROMPT_OVERRIDE $VIRTUAL_ENV
end
