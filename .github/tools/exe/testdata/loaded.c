/* Runs a program as its debugger and prints each DLL that it loads, a path a line. */
#define _WIN32_WINNT 0x0A00
#include <windows.h>
#include <stdio.h>
#include <wchar.h>

int main(void)
{
	/* The command line without this program's own name. */
	wchar_t *command = GetCommandLineW();
	command = *command == L'"' ? wcschr(command + 1, L'"') : command;
	command = command ? wcschr(command, L' ') : NULL;
	STARTUPINFOW start = {.cb = sizeof(start)};
	PROCESS_INFORMATION process;
	DEBUG_EVENT event;

	if (!command)
		return 2;
	while (*command == L' ')
		command++;
	if (!CreateProcessW(NULL, command, NULL, NULL, FALSE, DEBUG_ONLY_THIS_PROCESS, NULL, NULL, &start, &process)) {
		fprintf(stderr, "cannot start %ls: error %lu\n", command, GetLastError());
		return 1;
	}
	for (;;) {
		DWORD status = DBG_CONTINUE;
		if (!WaitForDebugEvent(&event, INFINITE))
			return 1;
		switch (event.dwDebugEventCode) {
		case LOAD_DLL_DEBUG_EVENT: {
			char path[1024];
			HANDLE file = event.u.LoadDll.hFile;
			if (file && GetFinalPathNameByHandleA(file, path, sizeof(path), 0))
				fprintf(stderr, "loaded %s\n", path);
			else
				fprintf(stderr, "loaded ? (error %lu)\n", GetLastError());
			if (file)
				CloseHandle(file);
			break;
		}
		case CREATE_PROCESS_DEBUG_EVENT:
			if (event.u.CreateProcessInfo.hFile)
				CloseHandle(event.u.CreateProcessInfo.hFile);
			break;
		case EXCEPTION_DEBUG_EVENT:
			if (event.u.Exception.ExceptionRecord.ExceptionCode != EXCEPTION_BREAKPOINT)
				status = DBG_EXCEPTION_NOT_HANDLED;
			break;
		case EXIT_PROCESS_DEBUG_EVENT:
			return (int)event.u.ExitProcess.dwExitCode;
		}
		ContinueDebugEvent(event.dwProcessId, event.dwThreadId, status);
	}
}
