/* SPDX-License-Identifier: Apache-2.0 */
/* Register names: two tables in ascending order. */
#include "audit/diff/register_name.h"

static const struct au_vmsa_field fields[] = {
	{ 0x000, 16, "ES" },
	{ 0x010, 16, "CS" },
	{ 0x020, 16, "SS" },
	{ 0x030, 16, "DS" },
	{ 0x040, 16, "FS" },
	{ 0x050, 16, "GS" },
	{ 0x060, 16, "GDTR" },
	{ 0x070, 16, "LDTR" },
	{ 0x080, 16, "IDTR" },
	{ 0x090, 16, "TR" },
	{ 0x0a0, 8, "PL0_SSP" },
	{ 0x0a8, 8, "PL1_SSP" },
	{ 0x0b0, 8, "PL2_SSP" },
	{ 0x0b8, 8, "PL3_SSP" },
	{ 0x0c0, 8, "U_CET" },
	{ 0x0ca, 1, "VMPL" },
	{ 0x0cb, 1, "CPL" },
	{ 0x0d0, 8, "EFER" },
	{ 0x140, 8, "XSS" },
	{ 0x148, 8, "CR4" },
	{ 0x150, 8, "CR3" },
	{ 0x158, 8, "CR0" },
	{ 0x160, 8, "DR7" },
	{ 0x168, 8, "DR6" },
	{ 0x170, 8, "RFLAGS" },
	{ 0x178, 8, "RIP" },
	{ 0x180, 8, "DR0" },
	{ 0x188, 8, "DR1" },
	{ 0x190, 8, "DR2" },
	{ 0x198, 8, "DR3" },
	{ 0x1a0, 8, "DR0_ADDR_MASK" },
	{ 0x1a8, 8, "DR1_ADDR_MASK" },
	{ 0x1b0, 8, "DR2_ADDR_MASK" },
	{ 0x1b8, 8, "DR3_ADDR_MASK" },
	{ 0x1d8, 8, "RSP" },
	{ 0x1e0, 8, "S_CET" },
	{ 0x1e8, 8, "SSP" },
	{ 0x1f0, 8, "ISST_ADDR" },
	{ 0x1f8, 8, "RAX" },
	{ 0x200, 8, "STAR" },
	{ 0x208, 8, "LSTAR" },
	{ 0x210, 8, "CSTAR" },
	{ 0x218, 8, "SFMASK" },
	{ 0x220, 8, "KERNEL_GS_BASE" },
	{ 0x228, 8, "SYSENTER_CS" },
	{ 0x230, 8, "SYSENTER_ESP" },
	{ 0x238, 8, "SYSENTER_EIP" },
	{ 0x240, 8, "CR2" },
	{ 0x268, 8, "G_PAT" },
	{ 0x270, 8, "DBGCTL" },
	{ 0x278, 8, "BR_FROM" },
	{ 0x280, 8, "BR_TO" },
	{ 0x288, 8, "LAST_EXCP_FROM" },
	{ 0x290, 8, "LAST_EXCP_TO" },
	{ 0x2e8, 4, "PKRU" },
	{ 0x2ec, 4, "TSC_AUX" },
	{ 0x2f0, 8, "GUEST_TSC_SCALE" },
	{ 0x2f8, 8, "GUEST_TSC_OFFSET" },
	{ 0x300, 8, "REG_PROT_NONCE" },
	{ 0x308, 8, "RCX" },
	{ 0x310, 8, "RDX" },
	{ 0x318, 8, "RBX" },
	{ 0x328, 8, "RBP" },
	{ 0x330, 8, "RSI" },
	{ 0x338, 8, "RDI" },
	{ 0x340, 8, "R8" },
	{ 0x348, 8, "R9" },
	{ 0x350, 8, "R10" },
	{ 0x358, 8, "R11" },
	{ 0x360, 8, "R12" },
	{ 0x368, 8, "R13" },
	{ 0x370, 8, "R14" },
	{ 0x378, 8, "R15" },
	{ 0x390, 8, "GUEST_EXITINFO1" },
	{ 0x398, 8, "GUEST_EXITINFO2" },
	{ 0x3a0, 8, "GUEST_EXITINTINFO" },
	{ 0x3a8, 8, "GUEST_NRIP" },
	{ 0x3b0, 8, "SEV_FEATURES" },
	{ 0x3b8, 8, "VINTR_CTRL" },
	{ 0x3c0, 8, "GUEST_EXITCODE" },
	{ 0x3c8, 8, "VIRTUAL_TOM" },
	{ 0x3d0, 8, "TLB_ID" },
	{ 0x3d8, 8, "PCPU_ID" },
	{ 0x3e0, 8, "EVENTINJ" },
	{ 0x3e8, 8, "XCR0" },
	{ 0x400, 8, "X87_DP" },
	{ 0x408, 4, "MXCSR" },
	{ 0x40c, 2, "X87_FTW" },
	{ 0x40e, 2, "X87_FSW" },
	{ 0x410, 2, "X87_FCW" },
	{ 0x412, 2, "X87_FOP" },
	{ 0x414, 2, "X87_DS" },
	{ 0x416, 2, "X87_CS" },
	{ 0x418, 8, "X87_RIP" },
	{ 0x420, 80, "FPREG_X87" },
	{ 0x470, 256, "FPREG_XMM" },
	{ 0x570, 256, "FPREG_YMM" },
};

static const struct {
	uint32_t number;
	const char *name;
} registers[] = {
	{ 0x00020000, "RAX" },
	{ 0x00020001, "RCX" },
	{ 0x00020002, "RDX" },
	{ 0x00020003, "RBX" },
	{ 0x00020004, "RSP" },
	{ 0x00020005, "RBP" },
	{ 0x00020006, "RSI" },
	{ 0x00020007, "RDI" },
	{ 0x00020008, "R8" },
	{ 0x00020009, "R9" },
	{ 0x0002000a, "R10" },
	{ 0x0002000b, "R11" },
	{ 0x0002000c, "R12" },
	{ 0x0002000d, "R13" },
	{ 0x0002000e, "R14" },
	{ 0x0002000f, "R15" },
	{ 0x00020010, "RIP" },
	{ 0x00020011, "RFLAGS" },
	{ 0x00040000, "CR0" },
	{ 0x00040001, "CR2" },
	{ 0x00040002, "CR3" },
	{ 0x00040003, "CR4" },
	{ 0x00040004, "CR8" },
	{ 0x00040005, "XFEM" },
	{ 0x00060000, "ES" },
	{ 0x00060001, "CS" },
	{ 0x00060002, "SS" },
	{ 0x00060003, "DS" },
	{ 0x00060004, "FS" },
	{ 0x00060005, "GS" },
	{ 0x00060006, "LDTR" },
	{ 0x00060007, "TR" },
	{ 0x00070000, "IDTR" },
	{ 0x00070001, "GDTR" },
	{ 0x00080000, "TSC" },
	{ 0x00080001, "EFER" },
	{ 0x00080002, "KERNEL_GS_BASE" },
	{ 0x00080003, "APIC_BASE" },
	{ 0x00080004, "PAT" },
	{ 0x00080005, "SYSENTER_CS" },
	{ 0x00080006, "SYSENTER_EIP" },
	{ 0x00080007, "SYSENTER_ESP" },
	{ 0x00080008, "STAR" },
	{ 0x00080009, "LSTAR" },
	{ 0x0008000a, "CSTAR" },
	{ 0x0008000b, "SFMASK" },
	{ 0x0008000d, "MTRR_CAP" },
	{ 0x0008000e, "MTRR_DEF_TYPE" },
	{ 0x00080010, "MTRR_PHYS_BASE0" },
	{ 0x00080011, "MTRR_PHYS_BASE1" },
	{ 0x00080012, "MTRR_PHYS_BASE2" },
	{ 0x00080013, "MTRR_PHYS_BASE3" },
	{ 0x00080014, "MTRR_PHYS_BASE4" },
	{ 0x00080040, "MTRR_PHYS_MASK0" },
	{ 0x00080041, "MTRR_PHYS_MASK1" },
	{ 0x00080042, "MTRR_PHYS_MASK2" },
	{ 0x00080043, "MTRR_PHYS_MASK3" },
	{ 0x00080044, "MTRR_PHYS_MASK4" },
	{ 0x00080070, "MTRR_FIX_64K_00000" },
	{ 0x00080071, "MTRR_FIX_16K_80000" },
	{ 0x00080072, "MTRR_FIX_16K_A0000" },
	{ 0x00080073, "MTRR_FIX_4K_C0000" },
	{ 0x00080074, "MTRR_FIX_4K_C8000" },
	{ 0x00080075, "MTRR_FIX_4K_D0000" },
	{ 0x00080076, "MTRR_FIX_4K_D8000" },
	{ 0x00080077, "MTRR_FIX_4K_E0000" },
	{ 0x00080078, "MTRR_FIX_4K_E8000" },
	{ 0x00080079, "MTRR_FIX_4K_F0000" },
	{ 0x0008007a, "MTRR_FIX_4K_F8000" },
};

static const size_t PAGE_END = 4096;

const struct au_vmsa_field *au_vmsa_field_at(size_t offset, size_t *end)
{
	size_t unused, n = sizeof(fields) / sizeof(fields[0]);

	if (end == NULL)
		end = &unused;
	for (size_t i = 0; i < n; i++) {
		*end = fields[i].offset;
		if (offset < fields[i].offset)
			return NULL;
		*end += fields[i].size;
		if (offset < *end)
			return &fields[i];
	}
	*end = PAGE_END;
	return NULL;
}

const char *au_hyperv_register_name(uint32_t number)
{
	for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
		if (registers[i].number == number)
			return registers[i].name;
	}
	return NULL;
}
