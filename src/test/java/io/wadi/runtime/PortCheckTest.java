package io.wadi.runtime;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.local.Ports;
import org.junit.jupiter.api.Test;

class PortCheckTest {
    @Test
    void unknownHost_isAnErrorOfTheConfiguration() {
        assertThatExceptionOfType(NotStartedException.class)
                .isThrownBy(() -> PortCheck.requireFree("host.invalid", 8080, "localhost", 9876))
                .withMessage("wadi.http.host=host.invalid: host not found; expected an address of this machine")
                .matches(e -> e.code() == ExitCode.CONFIGURATION);
    }

    /** Vert.x would distribute the connections among both servers. */
    @Test
    void eventPortAsManagementPort_isAnErrorOfTheConfiguration() {
        int port = Ports.free();

        assertThatExceptionOfType(NotStartedException.class)
                .isThrownBy(() -> PortCheck.requireFree("localhost", port, "localhost", port))
                .withMessage("wadi.management.port=" + port + ": wadi.http.port is the same port; set another one")
                .matches(e -> e.code() == ExitCode.CONFIGURATION);
    }

    @Test
    void managementPort_thatTheEventPortCovers_isInUse() {
        int port = Ports.free();

        assertThatExceptionOfType(NotStartedException.class)
                .isThrownBy(() -> PortCheck.requireFree("0.0.0.0", port, "localhost", port))
                .withMessageStartingWith("wadi.management.port=" + port + ": cannot bind the port at localhost: ");
    }
}
