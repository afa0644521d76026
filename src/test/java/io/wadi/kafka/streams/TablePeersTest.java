package io.wadi.kafka.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.api.Test;

class TablePeersTest {
    @Test
    void url_hasAsciiDigitsInAnyLocale() {
        TableRequest request = new TableRequest(
                "visits", "ann", new TableState.Range(0, Long.MAX_VALUE, 5), Optional.empty(), "", Optional.empty());
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));

            assertThat(TablePeers.url(new HostInfo("wadi-1", 9876), request))
                    .isEqualTo("http://wadi-1:9876/tables/visits/ann?limit=5");
            assertThat(TablePeers.url(new HostInfo("::1", 9876), request)).startsWith("http://[::1]:9876/");
        } finally {
            Locale.setDefault(before);
        }
    }
}
