package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::"})
    void takenBy_withAListenerOfThisProcess_returnsThisProcess(String address) throws IOException {
        try (ServerSocket listener = new ServerSocket(Ports.free(), 1, InetAddress.getByName(address))) {
            assertThat(Ports.isFree(listener.getLocalPort())).isFalse();
            assertThat(Ports.takenBy(listener.getLocalPort()))
                    .hasValueSatisfying(owner -> assertThat(owner)
                            .matches("\\S.* \\(pid " + ProcessHandle.current().pid() + "\\)"));
        }
    }

    @Test
    void takenBy_afterTheListenerClosed_isEmpty() throws IOException {
        int port = Ports.free();
        new ServerSocket(port).close();

        assertThat(Ports.takenBy(port)).isEmpty();
    }

    @Test
    void free_calledOften_neverReturnsAPortTwice() {
        Set<Integer> ports = new HashSet<>();

        assertThat(IntStream.range(0, 200).map(i -> Ports.free()))
                .allMatch(ports::add)
                .allMatch(Ports::isFree);
    }
}
