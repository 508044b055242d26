/*
 * vm-assist: HYPERVISOR_vm_assist.
 *
 * Rationale: guests switch on what they need at boot and expect an errno for what there is not.
 * architectural_iopl and runstate_update_flag change what can be seen, and that is checked too.
 */
#include "probe.h"

static void type(const char *what, unsigned number)
{
    long on = HYPERVISOR_vm_assist(VMASST_CMD_enable, number);

    printf("%s: enable %s", what, result_name(on));
    printf(", disable %s\n", result_name(HYPERVISOR_vm_assist(VMASST_CMD_disable, number)));
}

static void iopl(void)
{
    struct physdev_set_iopl request = { .iopl = 2 };

    report_result("set_iopl 2", HYPERVISOR_physdev_op(PHYSDEVOP_set_iopl, &request));
    PROBE("int3", : :);
    report_value("iopl in the frame", probe.frame.rflags & 0x3000);
    HYPERVISOR_vm_assist(VMASST_CMD_enable, VMASST_TYPE_architectural_iopl);
    PROBE("int3", : :);
    report_value("with architectural_iopl", probe.frame.rflags & 0x3000);
    report_result("set_iopl by physdev_op", HYPERVISOR_physdev_op(PHYSDEVOP_set_iopl, &request));
    HYPERVISOR_vm_assist(VMASST_CMD_disable, VMASST_TYPE_architectural_iopl);
    PROBE("int3", : :);
    report_value("without", probe.frame.rflags & 0x3000);
    probe.count = 0;
}

static void runstate_flag(void)
{
    static struct vcpu_runstate_info info;
    struct vcpu_register_runstate_memory_area area = { .addr.v = &info };

    HYPERVISOR_vcpu_op(VCPUOP_register_runstate_memory_area, 0, &area);
    HYPERVISOR_vm_assist(VMASST_CMD_enable, VMASST_TYPE_runstate_update_flag);
    HYPERVISOR_set_timer_op(system_time_ns() + 1000000);
    block();
    report_value("update flag at rest", info.state_entry_time >> 63);
    report_check("entry time", info.state_entry_time <= system_time_ns());
}

static void on_timer(evtchn_port_t port, struct frame *frame)
{
}

void guest_main(void)
{
    type("4gb_segments", VMASST_TYPE_4gb_segments);
    type("4gb_segments_notify", VMASST_TYPE_4gb_segments_notify);
    type("writable_pagetables", VMASST_TYPE_writable_pagetables);
    type("pae_extended_cr3", VMASST_TYPE_pae_extended_cr3);
    type("architectural_iopl", VMASST_TYPE_architectural_iopl);
    type("runstate_update_flag", VMASST_TYPE_runstate_update_flag);
    type("6", 6);
    type("m2p_strict", VMASST_TYPE_m2p_strict);
    type("64", 64);
    type("far out of range", 0x7fffffff);
    report_result("unknown command", HYPERVISOR_vm_assist(7, 0));
    iopl();
    bind_virq(VIRQ_TIMER, 0, on_timer);
    HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0);
    runstate_flag();
}
