/* github.com/lxn/win v0.0.0-20210218163916-a377121e959e */
#include "audit.h"

C_HAS((UINT)HDN_FIRST == (UINT)-300);                                       /* -301, and so are all HDN_* one off */
C_HAS(ODA_SELECT == 2 && ODA_FOCUS == 4);                                   /* 4, 2 */
C_HAS(ODS_SELECTED == 1 && ODS_GRAYED == 2 && ODS_DISABLED == 4);           /* 64, 32, 8 */
C_HAS(ODS_CHECKED == 8 && ODS_DEFAULT == 32 && ODS_COMBOBOXEDIT == 4096);   /* 1, 4, 2 */
C_HAS(AT(RAWMOUSE, usButtonFlags) == 4);                              /* 2 */
C_HAS(MEMBER(BITMAPINFO, bmiColors) == 4);                                  /* a pointer: 8 on 64 bits */
C_HAS(sizeof(BITMAPV5HEADER) == 124);                                       /* its header, and then its members again */
ON_64_BITS(MEMBER(LVITEMW, puColumns) == 8);                                /* 4 */
ON_64_BITS(MEMBER(TBBUTTON, bReserved) == 6);                               /* 2 */
C_HAS(sizeof(NMTCKEYDOWN) == sizeof(NMHDR) + 6);                            /* not packed: sizeof(NMHDR) + 8 */
C_HAS(sizeof(NMTVKEYDOWN) == sizeof(NMHDR) + 6);                            /* the same */
C_HAS(MEMBER(LITEM, szUrl) == 4168);                                        /* 4166 */
