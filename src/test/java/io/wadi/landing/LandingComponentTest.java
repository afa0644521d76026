package io.wadi.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Endpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LandingComponentTest {
    private static final int MORE_THAN_CAMELS_OWN_QUEUES_HOLD = 1_100;

    @Test
    void publish_manyFiles_neverRunsOnTheCallersThread() throws Exception {
        try (HdfsConnection hdfs = new HdfsConnection(HdfsOptions.of("hdfs://localhost:1"));
                DefaultCamelContext context = new DefaultCamelContext()) {
            LandingComponent landing = start(context, hdfs);
            CountDownLatch begin = new CountDownLatch(1);
            List<Future<?>> publications = new ArrayList<>();

            // A publication on this thread would block forever.
            for (int i = 0; i < MORE_THAN_CAMELS_OWN_QUEUES_HOLD; i++) {
                publications.add(landing.publish(() -> {
                    begin.await();
                    return null;
                }));
            }
            begin.countDown();

            for (Future<?> publication : publications) {
                assertThat(publication.get()).isNull();
            }
        }
    }

    /** If the publication were dropped silently, its caller would wait forever. */
    @Test
    void publish_afterTheStop_isRejected() throws Exception {
        try (HdfsConnection hdfs = new HdfsConnection(HdfsOptions.of("hdfs://localhost:1"));
                DefaultCamelContext context = new DefaultCamelContext()) {
            LandingComponent landing = start(context, hdfs);
            landing.stop();

            assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> landing.publish(() -> null));
        }
    }

    /** Endpoint options of a route have the same ranges as the settings. */
    @ParameterizedTest
    @CsvSource({
        "rollRecords, 0",
        "rollBytes, 1B",
        "rollEvery, 0s",
        "replication, 0",
        "blockSize, 1KiB",
        "blockSize, 1500000B",
        "rowGroup, 2GiB"
    })
    void endpoint_optionOutOfRange_isRejected(String option, String value) throws Exception {
        try (HdfsConnection hdfs = new HdfsConnection(HdfsOptions.of("hdfs://localhost:1"));
                DefaultCamelContext context = new DefaultCamelContext()) {
            context.addComponent("landing", start(context, hdfs));
            Endpoint endpoint = context.getEndpoint("landing:/data?" + option + "=" + value);

            assertThatIllegalArgumentException()
                    .isThrownBy(endpoint::createProducer)
                    .withMessageStartingWith("landing: invalid value '" + value + "' for " + option + ": expected a ")
                    .withMessageContaining(" from ");
        }
    }

    /** Otherwise a misunderstanding, such as a codec of Parquet files, would remain unnoticed. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            timeOf=landing                                | landing: timeOf=landing has no effect without timeBuckets: expected
            format=parquet&avroCodec=deflate              | avroCodec=deflate has no effect with format parquet: expected the default, zstandard
            format=jsonl.gz&rowGroup=32MiB                | rowGroup=32MiB has no effect with format jsonl.gz: expected the default, 16MiB
            compressionLevel=9                            | compressionLevel=9 has no effect with format jsonl: expected the default, 3
            format=avro&avroCodec=null&compressionLevel=9 | compressionLevel=9 has no effect with format avro and codec null
            schema=my-schemas                             | schema=my-schemas has no effect with format jsonl: expected the default, schemas
            ignoreUnknownFields=true                      | ignoreUnknownFields=true has no effect with format jsonl
            """)
    void endpoint_optionWithoutEffect_isRejected(String options, String expected) throws Exception {
        try (HdfsConnection hdfs = new HdfsConnection(HdfsOptions.of("hdfs://localhost:1"));
                DefaultCamelContext context = new DefaultCamelContext()) {
            context.addComponent("landing", start(context, hdfs));
            Endpoint endpoint = context.getEndpoint("landing:/data?" + options);

            assertThatException().isThrownBy(endpoint::createProducer).withMessageContaining(expected);
        }
    }

    /** {@code wadi.landing.schema} has this value by default if the configuration directory has schemas. */
    @Test
    void endpoint_schemasOfTheConfigurationDirectory_isAcceptedWithEachFormat() throws Exception {
        try (HdfsConnection hdfs = new HdfsConnection(HdfsOptions.of("hdfs://localhost:1"));
                DefaultCamelContext context = new DefaultCamelContext()) {
            context.addComponent("landing", start(context, hdfs));
            Endpoint endpoint = context.getEndpoint("landing:/data?schema=/etc/wadi/schemas");

            assertThatCode(endpoint::createProducer).doesNotThrowAnyException();
        }
    }

    /** Landing would resolve a relative path against the root, but other readers of the setting would not. */
    @Test
    void directory_isAbsolute() {
        assertThat(LandingSettings.DIRECTORY.parser().apply("/data/landed")).isEqualTo("/data/landed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LandingSettings.DIRECTORY.parser().apply("data"));
    }

    private static LandingComponent start(DefaultCamelContext context, HdfsConnection hdfs) {
        LandingComponent landing = new LandingComponent();
        landing.setHdfs(hdfs);
        landing.setCamelContext(context);
        landing.start();
        return landing;
    }
}
