/* github.com/Microsoft/go-winio v0.6.4, github.com/Microsoft/hcsshim v0.15.0 */
#include "audit.h"

ON_386(AT(CREATE_VIRTUAL_DISK_PARAMETERS, Version2) == 8); /* vhd.CreateVirtualDiskParameters: 4 */
ON_386(sizeof(JOBOBJECT_BASIC_LIMIT_INFORMATION) == 48);         /* winapi.JOBOBJECT_BASIC_LIMIT_INFORMATION: 44 */
ON_386(AT(PARTITION_INFORMATION_EX, StartingOffset) == 8); /* vhdx.partitionInformationEx: 4 */
ON_386(MEMBER(GROUP_AFFINITY, Mask) == 4);                       /* jobobject.GroupAffinity: 8 */
C_HAS(sizeof(GROUP_AFFINITY) == sizeof(void *) + 8);             /* 16 on 386 */
ON_386(sizeof(DRIVE_LAYOUT_INFORMATION_GPT) == 40);              /* vhdx.driveLayoutInformationGPT: 36 */
ON_386(sizeof(PARTITION_INFORMATION_EX) == 144);                 /* vhdx.partitionInformationEx: 140, the stride of driveLayoutInformationEx */
