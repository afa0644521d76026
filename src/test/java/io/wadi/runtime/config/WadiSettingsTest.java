package io.wadi.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.ingest.IngestSettings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Valid and invalid values of settings with a format of their own. */
class WadiSettingsTest {
    @ParameterizedTest
    @ValueSource(strings = {"hdfs://localhost:8020", "hdfs://nameservice1", "hdfs://nn.example.org/"})
    void hdfsUri_acceptsNameNodesAndNameServices(String uri) {
        assertThat(WadiSettings.HDFS_URI.parser().apply(uri)).isEqualTo(uri);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3a://bucket",
                "s3://bucket",
                "gs://bucket",
                "abfs://container@account.dfs.core.windows.net",
                "wasb://container@account",
                "file:///data",
                "viewfs://cluster",
                "webhdfs://localhost:9870",
                "swebhdfs://localhost:9871",
                "hdfs:///",
                "hdfs://name_node:8020",
                "hdfs://namenode:80200",
                "hdfs://namenode:port",
                "hdfs://[::1",
                "hdfs://host/data",
                "localhost:8020"
            })
    void hdfsUri_rejectsInvalidAddresses(String uri) {
        assertThatThrownBy(() -> WadiSettings.HDFS_URI.parser().apply(uri))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://collector:43180/v1/traces?a=b", "https://[::1]:4318", ""})
    void tracesEndpoint_acceptsAddresses(String address) {
        assertThat(WadiSettings.TELEMETRY_TRACES_ENDPOINT.parser().apply(address))
                .isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://:4318", "http://collector:431800", "http://[::1", "http://collector/%zz"})
    void tracesEndpoint_rejectsInvalidAddresses(String address) {
        assertThatThrownBy(() -> WadiSettings.TELEMETRY_TRACES_ENDPOINT.parser().apply(address))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pod_1:9876", "pod-1:98760", "pod-1"})
    void advertisedAddress_rejectsInvalidHostsAndPorts(String address) {
        assertThat(WadiSettings.STREAMS_ADVERTISED_ADDRESS.parser().apply("[::1]:9876"))
                .isEqualTo("[::1]:9876");
        assertThatThrownBy(
                        () -> WadiSettings.STREAMS_ADVERTISED_ADDRESS.parser().apply(address))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "022", "077"})
    void umask_acceptsThreeOctalDigitsOrEmpty(String umask) {
        assertThat(WadiSettings.HDFS_UMASK.parser().apply(umask)).isEqualTo(umask);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "22", "088", "u=rwx"})
    void umask_rejectsInvalidValues(String umask) {
        assertThatThrownBy(() -> WadiSettings.HDFS_UMASK.parser().apply(umask))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "https://id.example.org/jwks.json", "conf/jwks.json", "/etc/wadi/jwks.json"})
    void jwks_acceptsFilesAndHttpsAddresses(String jwks) {
        assertThat(IngestSettings.JWT_JWKS.parser().apply(jwks)).isEqualTo(jwks);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://id.example.org/jwks.json", "ftp://id.example.org/jwks.json", "https://"})
    void jwks_rejectsUnencryptedAddresses(String jwks) {
        assertThatThrownBy(() -> IngestSettings.JWT_JWKS.parser().apply(jwks))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
