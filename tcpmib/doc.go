package tcpmib
