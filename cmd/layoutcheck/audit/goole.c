/* github.com/go-ole/go-ole v1.3.0 */
#include "audit.h"

C_HAS(TKIND_ENUM == 0 && TKIND_RECORD == 1 && TKIND_MODULE == 2);      /* 1, 2, 3 */
C_HAS(TKIND_INTERFACE == 3 && TKIND_DISPATCH == 4 && TKIND_COCLASS == 5); /* 4, 5, 6 */
C_HAS(TKIND_ALIAS == 6 && TKIND_UNION == 7 && TKIND_MAX == 8);         /* 7, 8, 9 */
C_HAS(CC_MACPASCAL == 3 && CC_STDCALL == 4 && CC_FPFASTCALL == 5);     /* 2, 2, 2 */
C_HAS(CC_SYSCALL == 6 && CC_MPWCDECL == 7 && CC_MPWPASCAL == 8);       /* 2, 2, 2 */
ON_64_BITS(MEMBER(MSG, hwnd) == 8 && MEMBER(MSG, wParam) == 8 && MEMBER(MSG, lParam) == 8); /* Msg: 4, 4, 4 */
ON_64_BITS(AT(TYPEDESC, vt) == 8);                               /* 4 */
ON_64_BITS(sizeof(IDLDESC) == 16);                                     /* 8 */
ON_64_BITS(MEMBER(SAFEARRAY, pvData) == 8);                            /* 4 */
C_HAS(MEMBER(METHODDATA, vtReturn) == 2);                              /* 4 */
