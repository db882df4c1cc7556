/* github.com/shirou/w32 v0.0.0-20160930032740-bb4de0191aa4 */
#include "audit.h"

C_HAS(STANDARD_RIGHTS_REQUIRED == 0xF0000);                     /* 0xF */
C_HAS(SC_MANAGER_ALL_ACCESS == 0xF003F);                        /* 0x3F */
C_HAS(SERVICE_ALL_ACCESS == 0xF01FF);                           /* 0x1FF */
C_HAS(DWMFLIP3D_DEFAULT == 0 && DWMFLIP3D_EXCLUDEBELOW == 1 && DWMFLIP3D_EXCLUDEABOVE == 2); /* 1, 2, 3 */
C_HAS(DWMNCRP_USEWINDOWSTYLE == 0 && DWMNCRP_DISABLED == 1 && DWMNCRP_ENABLED == 2);         /* 1, 2, 3 */
C_HAS(sizeof(DWM_BLURBEHIND) == sizeof(HRGN) + 12);             /* packed: Go has 24 on 64 bits */
C_HAS(AT(DWM_THUMBNAIL_PROPERTIES, fVisible) == 37);      /* 40 */
C_HAS(AT(DWM_TIMING_INFO, qpcRefreshPeriod) == 12);       /* 16 on 64 bits */
C_HAS(AT(INPUT, mi) == AT(INPUT, ki) && AT(INPUT, mi) == AT(INPUT, hi)); /* one behind the other */
C_HAS(MEMBER(BITMAPINFO, bmiColors) == 4);                      /* a pointer: 8 on 64 bits */
