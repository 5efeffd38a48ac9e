<#
.SYNOPSIS
Activates a Python virtual environment in this PowerShell session.

.DESCRIPTION
Puts the environment's programs first in PATH, sets VIRTUAL_ENV and VIRTUAL_ENV_PROMPT, and shows the environment's
name before your prompt. The command "deactivate" puts everything back.

To keep your prompt as it is, set $Env:VIRTUAL_ENV_DISABLE_PROMPT to anything before. On Windows, the execution policy
has to allow scripts: Set-ExecutionPolicy -ExecutionPolicy RemoteSigned -Scope CurrentUser

The script is the same in every environment, so that it can be signed once.

.PARAMETER VenvDir
The environment's folder. By default, the one that this script was installed in.

.PARAMETER Prompt
The name to show before the prompt. By default, the prompt that pyvenv.cfg records, or else the folder's name.

.EXAMPLE
.venv\Scripts\Activate.ps1

.EXAMPLE
.venv/bin/Activate.ps1 -Prompt demo
#>
[CmdletBinding()]
param(
    [string] $VenvDir,
    [string] $Prompt
)

# An environment that is active in this session makes room for this one, whoever wrote its script.
if ($Env:VIRTUAL_ENV -and (Test-Path -LiteralPath 'Function:\deactivate')) {
    deactivate -NonDestructive
}

function global:deactivate {
    param([switch] $NonDestructive)

    if (Test-Path -LiteralPath 'Variable:\_OLD_VIRTUAL_PATH') {
        $Env:PATH = $global:_OLD_VIRTUAL_PATH
        Remove-Variable -Name '_OLD_VIRTUAL_PATH' -Scope Global
    }
    if (Test-Path -LiteralPath 'Variable:\_OLD_VIRTUAL_PYTHONHOME') {
        $Env:PYTHONHOME = $global:_OLD_VIRTUAL_PYTHONHOME
        Remove-Variable -Name '_OLD_VIRTUAL_PYTHONHOME' -Scope Global
    }
    if (Test-Path -LiteralPath 'Function:\_OLD_VIRTUAL_PROMPT') {
        Copy-Item -LiteralPath 'Function:\_OLD_VIRTUAL_PROMPT' -Destination 'Function:\prompt'
        Remove-Item -LiteralPath 'Function:\_OLD_VIRTUAL_PROMPT'
    }
    # An environment variable that is set to $null goes away.
    $Env:VIRTUAL_ENV = $null
    $Env:VIRTUAL_ENV_PROMPT = $null
    if (-not $NonDestructive) {
        Remove-Item -LiteralPath 'Function:\deactivate'
    }
}

if ($VenvDir) {
    $VenvDir = Convert-Path -LiteralPath $VenvDir -ErrorAction Stop
}
else {
    $VenvDir = Split-Path -Path $PSScriptRoot -Parent
}
Write-Verbose "The environment is '$VenvDir'."

if (-not $Prompt) {
    $Prompt = Split-Path -Path $VenvDir -Leaf
    $VenvConfig = Join-Path -Path $VenvDir -ChildPath 'pyvenv.cfg'
    if (Test-Path -LiteralPath $VenvConfig) {
        foreach ($Line in Get-Content -LiteralPath $VenvConfig -Encoding UTF8) {
            # The value is in Python's quotes, which escape themselves and the backslash.
            if ($Line -match '^\s*prompt\s*=\s*([''"]?)(.*)\1\s*$') {
                $Prompt = $Matches[2] -replace '\\([\\''"])', '$1'
            }
        }
    }
}
Write-Verbose "Its name in the prompt is '$Prompt'."

$Env:VIRTUAL_ENV = $VenvDir
$Env:VIRTUAL_ENV_PROMPT = $Prompt

$global:_OLD_VIRTUAL_PATH = $Env:PATH
$VenvPath = Join-Path -Path $VenvDir -ChildPath (Split-Path -Path $PSScriptRoot -Leaf)
if ($Env:PATH) {
    $VenvPath = "$VenvPath$([System.IO.Path]::PathSeparator)$Env:PATH"
}
$Env:PATH = $VenvPath

if (Test-Path -LiteralPath 'Env:\PYTHONHOME') {
    $global:_OLD_VIRTUAL_PYTHONHOME = $Env:PYTHONHOME
    $Env:PYTHONHOME = $null
}

if (-not $Env:VIRTUAL_ENV_DISABLE_PROMPT) {
    # Made in the global scope first: a copy would be made in the scope of this script.
    function global:_OLD_VIRTUAL_PROMPT { '' }
    Copy-Item -LiteralPath 'Function:\prompt' -Destination 'Function:\_OLD_VIRTUAL_PROMPT'

    function global:prompt {
        # The name is a value in a string, which PowerShell doesn't read again.
        Write-Host -NoNewline -ForegroundColor Green "($Env:VIRTUAL_ENV_PROMPT) "
        _OLD_VIRTUAL_PROMPT
    }
}
