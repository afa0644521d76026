package io.wadi.metrics.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.runtime.config.SettingsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PrometheusTargetTest {
    @ParameterizedTest
    @CsvSource({
        "localhost:9100, localhost, http://localhost:9100/metrics, localhost:9100",
        "web-01=10.0.3.15:9100, web-01, http://10.0.3.15:9100/metrics, 10.0.3.15:9100",
        "10.0.3.15, 10.0.3.15, http://10.0.3.15/metrics, 10.0.3.15:80",
        "https://app.example.org, app.example.org, https://app.example.org/metrics, app.example.org:443",
        "https://app.example.org/, app.example.org, https://app.example.org/, app.example.org:443",
        "a.b_c=http://h:1/x/y?z=1&v=a=b, a.b_c, http://h:1/x/y?z=1&v=a=b, h:1",
        "a=http://h:1?x[]=y&z=%20, a, http://h:1/metrics?x[]=y&z=%20, h:1",
        "h:1/federate?match=up, h, http://h:1/federate?match=up, h:1",
        "[::1]:9100, ::1, http://[::1]:9100/metrics, [::1]:9100"
    })
    void target_isParsedInEachForm(String written, String host, String uri, String instance) {
        PrometheusTarget target = PrometheusTarget.parse("s", written).get(0);

        assertThat(target.host()).isEqualTo(host);
        assertThat(target.uri()).hasToString(uri);
        assertThat(target.instance()).isEqualTo(instance);
    }

    @Test
    void targets_areSplitAtCommas() {
        assertThat(PrometheusTarget.parse("s", " a:1, b=c:2 ,,"))
                .extracting(PrometheusTarget::host)
                .containsExactly("a", "b");
        assertThat(PrometheusTarget.parse("s", " ")).isEmpty();
    }

    /** A target that is scraped twice would have each of its samples in two documents. */
    @Test
    void repeatedTarget_countsOnce() {
        assertThat(PrometheusTarget.parse("s", "h:1,c=h:1,http://h:1/metrics,h:1/other"))
                .extracting(PrometheusTarget::toString)
                .containsExactly("h=http://h:1/metrics", "c=http://h:1/metrics", "h=http://h:1/other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://h/x", "http://", "a b:1", "name=", "h:port", "http:/h", "h:", "h:0", "h:65536"})
    void invalidTarget_isRejected(String written) {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> PrometheusTarget.parse("wadi.prometheus.targets", "a:1," + written))
                .withMessageContaining("wadi.prometheus.targets: found " + written + ", expected [NAME=]HOST:PORT");
    }

    @Test
    void userAndQueryOfAnInvalidTarget_areHidden() {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> PrometheusTarget.parse("s", "a=http://me:secret@h:1/m?token=secret"))
                .withMessageContaining("s: found a=http://h:1/m, expected [NAME=]HOST:PORT or [NAME=]http(s)://HOST")
                .withMessageContaining("without a user")
                .withMessageNotContaining("secret");
    }

    @Test
    void query_isHidden() {
        PrometheusTarget target =
                PrometheusTarget.parse("s", "a=http://h:1/m?token=secret").get(0);

        assertThat(target.address()).isEqualTo("http://h:1/m");
        assertThat(target).hasToString("a=http://h:1/m");
    }
}
