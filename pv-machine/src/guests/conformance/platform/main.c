/*
 * platform: hypercalls about the machine, as an unprivileged PV domain finds them.
 *
 * Rationale: Linux probes these at boot and takes other ways on an error, so the errno matters.
 */
#include "probe.h"

static char zeros[256];

static long physdev(unsigned cmd)
{
    memset(zeros, 0, sizeof(zeros));
    return HYPERVISOR_physdev_op(cmd, zeros);
}

static void sweep(const char *what, unsigned number, unsigned from, unsigned to)
{
    for ( unsigned cmd = from; cmd < to; cmd++ )
    {
        memset(zeros, 0, sizeof(zeros));
        printf("%s %u: %s\n", what, cmd, result_name(H3(number, cmd, zeros, 1)));
    }
}

static void ports(void)
{
    struct physdev_set_iobitmap bitmap = { .nr_ports = 65536 };

    memset(zeros, 0, sizeof(zeros));
    report_result("set_iobitmap", HYPERVISOR_physdev_op(PHYSDEVOP_set_iobitmap, &bitmap));
    bitmap.nr_ports = 65537;
    report_result("set_iobitmap, too many", HYPERVISOR_physdev_op(PHYSDEVOP_set_iobitmap, &bitmap));
    bitmap.nr_ports = 0;
    report_result("set_iobitmap, none", HYPERVISOR_physdev_op(PHYSDEVOP_set_iobitmap, &bitmap));
    report_result("physdev_op, bad pointer", HYPERVISOR_physdev_op(PHYSDEVOP_set_iopl, (void *)8));
}

static void privileged(void)
{
    struct xen_platform_op platform;

    memset(&platform, 0, sizeof(platform));
    platform.cmd = XENPF_settime64;
    platform.interface_version = XENPF_INTERFACE_VERSION;
    report_result("platform_op settime64", HYPERVISOR_platform_op(&platform));
    platform.interface_version = 0;
    report_result("platform_op, wrong version", HYPERVISOR_platform_op(&platform));
    report_result("platform_op, bad pointer", HYPERVISOR_platform_op((void *)8));
    memset(zeros, 0, sizeof(zeros));
    report_result("sysctl, wrong version", H1(__HYPERVISOR_sysctl, zeros));
    report_result("sysctl, bad pointer", H1(__HYPERVISOR_sysctl, 8));
    report_result("domctl, wrong version", H1(__HYPERVISOR_domctl, zeros));
    report_result("domctl, bad pointer", H1(__HYPERVISOR_domctl, 8));
    report_result("xsm_op", H1(__HYPERVISOR_xsm_op, zeros));
    report_result("kexec_op", H2(__HYPERVISOR_kexec_op, 0, zeros));
    report_result("tmem_op", H1(__HYPERVISOR_tmem_op, zeros));
    report_result("console_io write", HYPERVISOR_console_io(CONSOLEIO_write, 0, zeros));
    report_result("console_io read", HYPERVISOR_console_io(CONSOLEIO_read, 0, zeros));
    report_result("console_io unknown", HYPERVISOR_console_io(9, 1, zeros));
    report_result("dm_op", H3(__HYPERVISOR_dm_op, DOMID_SELF, 0, zeros));
    report_result("xenpmu_op", H2(__HYPERVISOR_xenpmu_op, 0, zeros));
    report_result("arch_1", H2(__HYPERVISOR_arch_1, 0, zeros));
}

void guest_main(void)
{
    ports();
    report_result("apic_read", physdev(PHYSDEVOP_apic_read));
    report_result("apic_write", physdev(PHYSDEVOP_apic_write));
    report_result("alloc_irq_vector", physdev(PHYSDEVOP_alloc_irq_vector));
    report_result("irq_status_query", physdev(PHYSDEVOP_irq_status_query));
    report_result("eoi", physdev(PHYSDEVOP_eoi));
    report_result("map_pirq", physdev(PHYSDEVOP_map_pirq));
    report_result("unmap_pirq", physdev(PHYSDEVOP_unmap_pirq));
    report_result("manage_pci_add", physdev(PHYSDEVOP_manage_pci_add));
    report_result("pci_device_add", physdev(PHYSDEVOP_pci_device_add));
    report_result("restore_msi", physdev(PHYSDEVOP_restore_msi));
    report_result("setup_gsi", physdev(PHYSDEVOP_setup_gsi));
    report_result("get_free_pirq", physdev(PHYSDEVOP_get_free_pirq));
    report_result("dbgp_op", physdev(PHYSDEVOP_dbgp_op));
    report_result("pirq_eoi_gmfn_v1", physdev(PHYSDEVOP_pirq_eoi_gmfn_v1));
    report_result("physdev 99", physdev(99));
    report_result("physdev_op_compat", H1(__HYPERVISOR_physdev_op_compat, zeros));
    sweep("hvm_op", __HYPERVISOR_hvm_op, 0, 6);
    report_result("hvm_op 99", HYPERVISOR_hvm_op(99, zeros));
    privileged();
}
