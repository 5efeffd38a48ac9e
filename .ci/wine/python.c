/* Stands in for python.exe under Wine: starts the script "python" beside it, which runs the Python of Linux. Wine starts
   programs of Linux, but doesn't know when and how they end, so the script leaves its status in a file. */
#include <stdio.h>
#include <wchar.h>
#include <windows.h>

/* The command line without the program's own name. */
static const wchar_t *arguments(void) {
    const wchar_t *rest = GetCommandLineW();
    BOOL quoted = FALSE;
    for (; *rest && (quoted || *rest != L' '); rest++)
        if (*rest == L'"')
            quoted = !quoted;
    return rest;
}

int wmain(void) {
    wchar_t *script = _wgetenv(L"OTHER_PLATFORMS_SCRIPT");
    wchar_t *directory = _wgetenv(L"OTHER_PLATFORMS_DIRECTORY");
    if (!script || !directory)
        return 101;
    wchar_t answer[512], file[512];
    swprintf(answer, 512, L"%ls/status-%lu-%lu", directory, GetCurrentProcessId(), GetTickCount());
    swprintf(file, 512, L"Z:%ls", answer);

    size_t length = wcslen(GetCommandLineW()) + wcslen(script) + wcslen(answer) + 64;
    wchar_t *line = calloc(length, sizeof(wchar_t));
    swprintf(line, length, L"sh \"%ls\" \"%ls\"%ls", script, answer, arguments());
    STARTUPINFOW start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
    start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    PROCESS_INFORMATION process;
    if (!CreateProcessW(L"Z:\\bin\\sh", line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &process))
        return 102;
    int status = 103;
    for (int attempt = 0; attempt < 24000; attempt++, Sleep(5)) {
        FILE *found = _wfopen(file, L"r");
        if (!found)
            continue;
        if (fscanf(found, "%d", &status) != 1)
            status = 104;
        fclose(found);
        break;
    }
    _wremove(file);
    return status;
}
