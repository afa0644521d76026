package io.wadi.kafka.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.OtherLocale;
import java.util.Optional;
import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.api.Test;

class TablePeersTest {
    @Test
    void url_hasAsciiDigitsInAnyLocale() throws Exception {
        TableRequest request = new TableRequest(
                "visits", "ann", new TableState.Range(0, Long.MAX_VALUE, 5), Optional.empty(), "", Optional.empty());
        OtherLocale.run(OtherLocale.OTHER_DIGITS, () -> {
            assertThat(TablePeers.url(new HostInfo("wadi-1", 9876), request))
                    .isEqualTo("http://wadi-1:9876/tables/visits/ann?limit=5");
            assertThat(TablePeers.url(new HostInfo("::1", 9876), request)).startsWith("http://[::1]:9876/");
        });
    }
}
