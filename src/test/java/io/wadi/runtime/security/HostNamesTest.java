package io.wadi.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HostNamesTest {
    @Test
    void allowedHosts_areAddresses_singleLabelNames_andConfiguredNames() {
        HostNames hosts = new HostNames(List.of("localhost", "*.svc", "wadi.example.com"), true);
        for (String host : List.of(
                "localhost:9876",
                "LOCALHOST",
                "127.0.0.1",
                "10.1.2.3:9876",
                "[::1]:9876",
                "[fd00::7]",
                "wadi-1:9876",
                "a.b.svc",
                "wadi.example.com.",
                "localhost.:9876",
                "localhost:")) {
            assertThat(hosts.allows(host)).as(host).isTrue();
        }
        for (String host : List.of(
                "",
                "evil.example",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "[evil.example]",
                "svc.x",
                ".",
                "a@b")) {
            assertThat(hosts.allows(host)).as(host).isFalse();
        }
        HostNames withoutUsers = new HostNames(List.of("localhost"), false);
        assertThat(withoutUsers.allows("wadi-1:9876")).isFalse();
        assertThat(withoutUsers.allows("127.0.0.1:9876")).isTrue();
        assertThat(new HostNames(List.of("*"), false).allows("evil.example")).isTrue();
    }
}
