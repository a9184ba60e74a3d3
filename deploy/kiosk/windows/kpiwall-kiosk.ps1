#requires -Version 5.1
<#
.SYNOPSIS
Keeps a wall on this screen: waits for the server, opens it in Chrome or Edge, restarts what stands still.
.DESCRIPTION
Runs until it is ended. Reads the page's title through the browser's DevTools address on loopback; a wall changes it
every few seconds. README.md beside this file says how to start it at logon.
.EXAMPLE
powershell -NoProfile -ExecutionPolicy Bypass -File kpiwall-kiosk.ps1 -Url http://SERVER:8050/screen
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$Url,
    # Path of chrome.exe or msedge.exe; empty: the first that is installed, Chrome before Edge.
    [string]$Browser = '',
    # Everything is kept here: the browser's profile with the screen's credential, and the log.
    [string]$Folder = (Join-Path $env:LOCALAPPDATA 'kpiwall-kiosk'),
    # Most memory the browser may take, in percent of this machine's.
    [ValidateRange(1, 95)][double]$Memory = 70,
    # Seconds a title may stand still.
    [ValidateRange(20, 3600)][double]$Stale = 90,
    # Least seconds between two starts.
    [ValidateRange(0, 3600)][double]$Pause = 60
)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$PollSeconds = 10
$AnswerSeconds = 5
$LongestPauseSeconds = 30
$LogBytes = 1MB
$Flags = @(
    '--no-first-run', '--no-default-browser-check', '--noerrdialogs', '--disable-session-crashed-bubble',
    '--hide-crash-restore-bubble', '--disable-infobars', '--disable-notifications', '--deny-permission-prompts',
    '--disable-features=Translate,MediaRouter', '--disable-extensions', '--disable-component-update',
    '--disable-background-networking', '--disable-sync', '--overscroll-history-navigation=0', '--disable-pinch',
    '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows',
    '--disable-renderer-backgrounding', '--disable-hang-monitor', '--disk-cache-size=104857600',
    '--remote-debugging-port=0'
)

# Not the time of day: that jumps when a clock is set.
$clock = [Diagnostics.Stopwatch]::StartNew()
function Get-Now { $script:clock.Elapsed.TotalSeconds }

function Write-Log([string]$text) {
    $file = Join-Path $Folder 'kpiwall-kiosk.log'
    $line = '{0:yyyy-MM-dd HH:mm:ss} {1}' -f (Get-Date), $text
    try {
        if ((Test-Path $file) -and (Get-Item $file).Length -gt $LogBytes) { Move-Item $file "$file.old" -Force }
        Add-Content -Path $file -Value $line -Encoding UTF8
    } catch {
        # A full disk is no reason to leave the screen alone.
        Write-Warning $line
    }
}

function Write-Utf8([string]$file, [string]$text) {
    [IO.File]::WriteAllText($file, $text, (New-Object Text.UTF8Encoding $false))
}

function Find-Browser {
    if ($Browser) {
        if (Test-Path $Browser) { return $Browser }
        throw "$Browser is not there; give the path of chrome.exe or msedge.exe: -Browser"
    }
    foreach ($name in 'Google\Chrome\Application\chrome.exe', 'Microsoft\Edge\Application\msedge.exe') {
        foreach ($root in $env:ProgramFiles, ${env:ProgramFiles(x86)}, $env:LOCALAPPDATA) {
            if ($root -and (Test-Path (Join-Path $root $name))) { return Join-Path $root $name }
        }
    }
    throw 'neither Chrome nor Edge is here; install one, or give its path: -Browser'
}

# The dark page, in a folder of its own, because the file that tells it what to do is written beside it.
function Copy-WaitingPage {
    $places = @((Join-Path $PSScriptRoot 'waiting'), (Join-Path (Split-Path $PSScriptRoot) 'waiting'))
    $source = @($places | Where-Object { Test-Path $_ })
    if ($source.Count -eq 0) { throw "$($places[0]) is missing; copy deploy/kiosk/waiting beside this script" }
    $target = Join-Path $Folder 'page'
    New-Item -ItemType Directory -Force -Path $target | Out-Null
    Copy-Item (Join-Path $source[0] '*') $target -Force
    return $target
}

function Write-State([bool]$opens) {
    $open = ''
    if ($opens) { $open = $Url }
    $told = @{ shown = ([Uri]$Url).GetLeftPart([UriPartial]::Path); open = $open } | ConvertTo-Json -Compress
    Write-Utf8 (Join-Path $page 'state.js') "kiosk($told);"
}

# Why the server can't be shown now; empty if it can. A refusal is no reason to wait: the browser has its own cookies.
function Get-ServerFault {
    try {
        Invoke-WebRequest -Uri $Url -UseBasicParsing -TimeoutSec $AnswerSeconds | Out-Null
        return ''
    } catch {
        $answer = $null
        if ($_.Exception.PSObject.Properties['Response']) { $answer = $_.Exception.Response }
        if ($null -eq $answer) { return "it can't be reached ($($_.Exception.Message))" }
        $code = [int]$answer.StatusCode
        if ($code -ge 500 -or $code -eq 408 -or $code -eq 429) { return "it answers $code" }
        return ''
    }
}

# The browser's processes on our profile; its children carry the folder in their command lines, too.
function Get-BrowserProcess {
    $name = Split-Path $exe -Leaf
    Get-CimInstance Win32_Process -Filter "Name='$name'" |
        Where-Object { $_.CommandLine -and $_.CommandLine.Contains($profileFolder) }
}

# First gently, by closing the window, so that the profile is written.
function Stop-Browser {
    foreach ($one in @(Get-BrowserProcess)) {
        $process = Get-Process -Id $one.ProcessId -ErrorAction SilentlyContinue
        if ($process -and $process.MainWindowHandle -ne [IntPtr]::Zero) { $process.CloseMainWindow() | Out-Null }
    }
    $until = (Get-Now) + 10
    while (@(Get-BrowserProcess).Count -gt 0 -and (Get-Now) -lt $until) { Start-Sleep -Milliseconds 250 }
    foreach ($one in @(Get-BrowserProcess)) {
        Stop-Process -Id $one.ProcessId -Force -ErrorAction SilentlyContinue
    }
}

# Takes out of the profile what a crash left: an old port, and the wish to say that there was one.
function Clear-Profile {
    $port = Join-Path $profileFolder 'DevToolsActivePort'
    if (Test-Path $port) { Remove-Item $port -Force }
    $file = Join-Path $profileFolder 'Default\Preferences'
    if (-not (Test-Path $file)) { return }
    $text = [IO.File]::ReadAllText($file)
    $text = $text -replace '"exit_type":"[^"]*"', '"exit_type":"Normal"'
    $text = $text -replace '"exited_cleanly":false', '"exited_cleanly":true'
    Write-Utf8 $file $text
}

function Start-Browser {
    Stop-Browser
    Clear-Profile
    # Edge's own kiosk mode is InPrivate: the credential would be lost with every start. Full screen keeps it.
    $mode = '--kiosk'
    if ((Split-Path $exe -Leaf) -eq 'msedge.exe') { $mode = '--start-fullscreen' }
    $address = ([Uri](Join-Path $page 'waiting.html')).AbsoluteUri
    $line = $Flags + @($mode, "`"--user-data-dir=$profileFolder`"", "`"$address`"")
    return Start-Process -FilePath $exe -ArgumentList $line -PassThru
}

# The titles of its pages by id and address; $null if it does not answer.
function Get-Title {
    try {
        $port = [int](Get-Content (Join-Path $profileFolder 'DevToolsActivePort') -TotalCount 1)
        $targets = Invoke-RestMethod -Uri "http://127.0.0.1:$port/json/list" -UseBasicParsing -TimeoutSec $AnswerSeconds
        $found = @{}
        foreach ($one in $targets) {
            if ($one.type -eq 'page') { $found["$($one.id) $($one.url)"] = [string]$one.title }
        }
        return $found
    } catch {
        return $null
    }
}

function New-Watch { return @{ heard = Get-Now; without = 0; titles = @{}; since = @{} } }

# What is wrong with the pages, if anything; $watch keeps what was seen at the last look.
function Get-PageFault($watch, $titles) {
    $now = Get-Now
    if ($null -eq $titles) {
        if ($now - $watch.heard -gt $Stale) { return 'the browser does not answer' }
        return ''
    }
    $watch.heard = $now
    if ($titles.Count -gt 0) { $watch.without = 0 } else { $watch.without += 1 }
    if ($watch.without -gt 1) { return 'no page is left' }
    $since = @{}
    $fault = ''
    foreach ($key in @($titles.Keys)) {
        $same = $watch.titles.ContainsKey($key) -and $watch.titles[$key] -ceq $titles[$key]
        if ($same) { $since[$key] = $watch.since[$key] } else { $since[$key] = $now }
        $still = $now - $since[$key]
        if ($still -gt $Stale) { $fault = "the title has been '$($titles[$key])' for $([int]$still) s" }
    }
    $watch.titles = $titles
    $watch.since = $since
    return $fault
}

function Get-MemoryFault {
    $taken = 0.0
    foreach ($one in @(Get-BrowserProcess)) { $taken += [double]$one.PrivatePageCount }
    if ($taken -le $mostBytes) { return '' }
    return "it takes $([int]($taken / 1MB)) MB; $Memory % are $([int]($mostBytes / 1MB)) MB"
}

# Shows the wall until something is wrong, and returns what.
function Show-Wall {
    $watch = New-Watch
    $opened = $false
    $said = ''
    $wait = 1
    $askAt = Get-Now
    Write-State $false
    $process = Start-Browser
    $lookAt = (Get-Now) + $PollSeconds
    while ($true) {
        Start-Sleep -Milliseconds 500
        if ($process.HasExited -and @(Get-BrowserProcess).Count -eq 0) { return 'it ended' }
        if (-not $opened -and (Get-Now) -ge $askAt) {
            $fault = Get-ServerFault
            if ($fault -and $fault -ne $said) { Write-Log "waiting for the server: $fault" }
            $said = $fault
            if (-not $fault) {
                $opened = $true
                Write-State $true
                Write-Log 'opening the wall'
            }
            $askAt = (Get-Now) + $wait * (Get-Random -Minimum 0.8 -Maximum 1.2)
            $wait = [Math]::Min(2 * $wait, $LongestPauseSeconds)
        }
        if ((Get-Now) -ge $lookAt) {
            $lookAt = (Get-Now) + $PollSeconds
            $fault = Get-MemoryFault
            if (-not $fault) { $fault = Get-PageFault $watch (Get-Title) }
            if ($fault) { return $fault }
        }
    }
}

if ($Url -notmatch '^https?://[^/]') { throw "address '$Url': give one such as http://SERVER:8050/screen" }
$mutex = New-Object Threading.Mutex $false, 'Local\kpiwall-kiosk'
try { $alone = $mutex.WaitOne(0) } catch [Threading.AbandonedMutexException] { $alone = $true }
if (-not $alone) { throw 'another kpiwall-kiosk runs in this session; end it first' }

New-Item -ItemType Directory -Force -Path $Folder | Out-Null
$Folder = (Resolve-Path $Folder).Path
$profileFolder = Join-Path $Folder 'profile'
$exe = Find-Browser
$page = Copy-WaitingPage
$mostBytes = (Get-CimInstance Win32_ComputerSystem).TotalPhysicalMemory * $Memory / 100
try {
    while ($true) {
        $begun = Get-Now
        try {
            $fault = Show-Wall
        } catch {
            # A look that failed for a reason of Windows' own must not end the watch.
            $fault = "the watch failed: $($_.Exception.Message)"
        }
        Write-Log "restarting the browser: $fault"
        try { Stop-Browser } catch { Write-Log "the browser can't be ended: $($_.Exception.Message)" }
        Start-Sleep -Seconds ([Math]::Max(1, $begun + $Pause - (Get-Now)))
    }
} finally {
    Stop-Browser
    $mutex.ReleaseMutex()
}
