package dev.vls.xen.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.xen.HypercallNumber;
import org.junit.jupiter.api.Test;

class ConstantNamesTest {
    @Test
    void aNumberHasTheNameOfItsConstant() {
        assertEquals("MMU_UPDATE", HypercallNumber.name(HypercallNumber.MMU_UPDATE));
        assertEquals("EINVAL", XenErrno.name(XenErrno.EINVAL));
    }

    @Test
    void aNumberWithoutConstantIsSpelledOut() {
        assertEquals("hypercall 11", HypercallNumber.name(11));
        assertEquals("errno -1", XenErrno.name(-1));
    }
}
