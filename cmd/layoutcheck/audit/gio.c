/* gioui.org v0.10.3 */
#include "audit.h"

C_HAS(sizeof(POINTER_INFO) == (sizeof(void *) == 8 ? 96 : 88)); /* PointerInfo: 84 on 386 */
C_HAS(sizeof(WINDOWPLACEMENT) == 44);                            /* WindowPlacement: 60 */
