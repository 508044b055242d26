/*
 * version: HYPERVISOR_xen_version.
 *
 * Rationale: guests choose their ways by the feature bits. Only what does not depend on the host or
 * the build of Xen is printed.
 */
#include "probe.h"

static void feature(unsigned index)
{
    struct xen_feature_info info = { .submap_idx = index };
    long result = HYPERVISOR_xen_version(XENVER_get_features, &info);

    printf("features %u: %s", index, result_name(result));
    if ( !result )
        printf(" %x", info.submap);
    printf("\n");
}

void guest_main(void)
{
    static char text[1024];
    xen_platform_parameters_t platform;
    long version = HYPERVISOR_xen_version(XENVER_version, 0);

    printf("version: %ld.%ld\n", version >> 16, version & 0xffff);
    report_result("extraversion", HYPERVISOR_xen_version(XENVER_extraversion, text));
    report_check("begins with a point", text[0] == '.' || text[0] == '-');
    report_result("compile_info", HYPERVISOR_xen_version(XENVER_compile_info, text));
    report_result("capabilities", HYPERVISOR_xen_version(XENVER_capabilities, text));
    report_check("a 64-bit PV guest is among them", !strncmp(text, "xen-3.0-x86_64 ", 15));
    report_result("changeset", HYPERVISOR_xen_version(XENVER_changeset, text));
    report_result("platform_parameters", HYPERVISOR_xen_version(XENVER_platform_parameters,
                                                                &platform));
    report_value("start of xen", platform.virt_start);
    feature(0);
    feature(1);
    feature(2);
    report_value("pagesize", (uint64_t)HYPERVISOR_xen_version(XENVER_pagesize, 0));
    report_result("guest_handle", HYPERVISOR_xen_version(XENVER_guest_handle, text));
    report_result("commandline", HYPERVISOR_xen_version(XENVER_commandline, text));
    report_result("get_features, bad pointer", HYPERVISOR_xen_version(XENVER_get_features, (void *)8));
    report_result("extraversion, bad pointer", HYPERVISOR_xen_version(XENVER_extraversion, (void *)8));
    report_result("unknown", HYPERVISOR_xen_version(99, text));
    printf("magic: %s\n", start_info->magic);
}
