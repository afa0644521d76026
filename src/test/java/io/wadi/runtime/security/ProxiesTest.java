package io.wadi.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
    private final Proxies proxies = Proxies.parse("10.0.0.0/8, 192.168.1.5,fd00::/8");

    private static InetAddress address(String text) {
        return NetUtil.createInetAddressFromIpAddressString(text);
    }

    @ParameterizedTest
    @CsvSource({
        "10.255.0.1, true",
        "11.0.0.1, false",
        "192.168.1.5, true",
        "192.168.1.6, false",
        "fdab::1, true",
        "fe80::1, false",
        "::ffff:10.0.0.1, true"
    })
    void peer_isAProxyWithinTheNetworks(String text, boolean proxy) {
        assertThat(proxies.peer(address(text)).proxy()).isEqualTo(proxy);
    }

    @Test
    void peer_ofIpv6_isIdentifiedByItsPrefixOf64Bits() {
        assertThat(proxies.peer(address("2001:db8:1:2:3:4:5:6"))).isEqualTo(proxies.peer(address("2001:db8:1:2::9")));
        assertThat(proxies.peer(address("2001:db8:1:2::9"))).isNotEqualTo(proxies.peer(address("2001:db8:1:3::9")));
        assertThat(proxies.peer(address("192.0.2.1"))).isNotEqualTo(proxies.peer(address("192.0.2.2")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            192.0.2.1                          | 192.0.2.1   | the address that the proxy has added
            192.0.2.1, 10.1.1.1, 192.168.1.5   | 192.0.2.1   | through further proxies
            198.51.100.7, 192.0.2.1            | 192.0.2.1   | forged addresses precede the real one
            10.0.0.9,192.0.2.1,10.1.1.1        | 192.0.2.1   | even if a forged address is in a proxy network
            192.0.2.1:4711                     | 192.0.2.1   | with a port
            2001:db8:1:2:3::1                  | 2001:db8:1:2:: | IPv6 clients are identified by network
            [2001:db8:1:2:3::1]:4711           | 2001:db8:1:2:: | with a port
            10.1.1.1, 10.1.1.2                 | 10.1.1.1    | only proxies: the first address
            unknown                            | 10.0.0.1    | no address: the proxy itself
            192.0.2.1, example.org, 10.1.1.1   | 10.1.1.1    | the search ends at an invalid address
            ''                                 | 10.0.0.1    | empty
            ','                                | 10.0.0.1    | empty
            '[2001:db8::1'                     | 10.0.0.1    | malformed
            """)
    void client_isTheLastAddressThatIsNotAProxy(String forwardedFor, String client, String because) {
        assertThat(proxies.client(proxies.peer(address("10.0.0.1")), forwardedFor))
                .as(because)
                .isEqualTo(address(client));
    }

    @Test
    void client_withoutTheHeader_isTheProxy() {
        assertThat(proxies.client(proxies.peer(address("10.0.0.1")), null)).isEqualTo(address("10.0.0.1"));
    }

    @Test
    void client_ofALongList_isFoundNearItsEnd() {
        String list = "10.2.2.2,".repeat(1000) + "10.3.3.3";

        assertThat(proxies.client(proxies.peer(address("10.0.0.1")), list)).isEqualTo(address("10.2.2.2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "10.0.0.0/33",
                "10.0.0/8",
                "fd00::/129",
                "10.0.0.0/",
                "10.0.0.1,,10.0.0.2",
                "10.0.0.0/8/8"
            })
    void parse_invalidNetwork_isRejected(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Proxies.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void parse_emptySetting_hasNoProxies(String text) {
        assertThat(Proxies.parse(text).peer(address("10.0.0.1")).proxy()).isFalse();
    }
}
