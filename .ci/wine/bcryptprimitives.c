/* The one function of this library that Rust's programs call, for versions of Wine that don't have it. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(void *buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(unsigned char *buffer, SIZE_T length) {
    return SystemFunction036(buffer, (ULONG)length);
}
