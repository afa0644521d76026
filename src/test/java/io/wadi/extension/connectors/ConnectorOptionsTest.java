package io.wadi.extension.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.extension.connectors.database.DatabaseEndpoint;
import io.wadi.extension.connectors.files.FileStreamEndpoint;
import io.wadi.extension.connectors.hdfs.HdfsFilesEndpoint;
import io.wadi.extension.connectors.source.ConnectorComponent;
import java.time.Duration;
import org.apache.camel.Endpoint;
import org.apache.camel.impl.engine.SimpleCamelContext;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options of {@code database:}, {@code file-stream:} and {@code hdfs-files:} that are rejected. */
class ConnectorOptionsTest {
    private static final String CONVERTED_BEHIND_IT =
            "a source reads rows or lines, and source-records: converts them; set it there";
    private static final String OF_SINKS = "it is an option of sinks; remove it";
    private static final String OF_SOURCES = "it is an option of sources; remove it";

    @AutoClose("stop")
    private final SimpleCamelContext camel = new SimpleCamelContext();

    ConnectorOptionsTest() {
        camel.addComponent(
                "database",
                new ConnectorComponent((uri, component, path) ->
                        new DatabaseEndpoint(uri, component, path, null, Duration.ofSeconds(1), null)));
        camel.addComponent(
                "file-stream",
                new ConnectorComponent(
                        (uri, component, path) -> new FileStreamEndpoint(uri, component, null, "host", null)));
        camel.addComponent(
                "hdfs-files",
                new ConnectorComponent(
                        (uri, component, path) -> new HdfsFilesEndpoint(uri, component, null, null, null)));
    }

    @ParameterizedTest
    @CsvSource({
        "database:orders?by=id&password=secret, value=avro, database:orders: the option value",
        "database:orders?by=id&password=secret, schema=a.avsc, database:orders: the option schema",
        "database:orders?by=id&password=secret, transforms=transforms%3Da, database:orders: the option transforms",
        "file-stream:read?files=/var/log/a.log, value=avro, file-stream:: the option value",
        "file-stream:read?files=/var/log/a.log, schema=a.avsc, file-stream:: the option schema",
        "file-stream:read?files=/var/log/a.log, transforms=transforms%3Da, file-stream:: the option transforms",
    })
    void conversionOption_onASource_isRejected(String source, String option, String message) {
        assertRejected(source + "&" + option, true, message + " has no effect here: " + CONVERTED_BEHIND_IT);
    }

    @ParameterizedTest
    @CsvSource({"onConflict=nothing", "deletes=true", "ignoreUnknownFields=true", "coordinates=true"})
    void sinkOption_onADatabaseSource_isRejected(String option) {
        assertRejected("database:orders?by=id&" + option, true, OF_SINKS);
    }

    @Test
    void sinkOption_onAFileSource_isRejected() {
        assertRejected("file-stream:read?files=/var/log/a.log&file=/data/a", true, OF_SINKS);
    }

    @ParameterizedTest
    @CsvSource({
        "database:orders?by=id",
        "database:orders?key=id",
        "database:orders?every=1s",
        "database:orders?settle=1s",
        "database:orders?rows=1",
        "file-stream:write?files=/a/b",
        "file-stream:write?every=1s",
        "file-stream:write?rows=1",
        "file-stream:write?longestLine=1KiB"
    })
    void sourceOption_onASink_isRejected(String sink) {
        assertRejected(sink, false, OF_SOURCES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "database:orders?by=id&rows=0; rows is 0, expected 1 or more",
                "file-stream:read?files=/var/log/a.log&rows=-1; rows is -1, expected 1 or more",
                "database:orders?by=id&url=RAW(jdbc:postgresql://db/shop)&every=0s; every is \"0s\", expected 10ms or more",
                "file-stream:read?files=/var/log/a.log&every=1ms; every is \"1ms\", expected 10ms or more",
            })
    void sourceThatWouldReadNothing_orWithoutAPause_isRejected(String source, String message) {
        assertRejected(source, true, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "database:orders?by=id&key=id,; key is \"id,\", expected columns such as id, or updated_at,id",
                "database:orders?by=id&settle=999999999999999d; settle is \"999999999999999d\", expected a value like 5s, at most 365d",
                "file-stream:read?files=/var/log/a.log&every=200000d; every is \"200000d\", expected a value like 5s, at most 365d",
                "file-stream:read?files=/var/log/a.log&longestLine=4GiB; longestLine is \"4GiB\", expected a size from 1B to 1GiB",
                "file-stream:read?files=/var/log/a.log&longestLine=0; longestLine is \"0\", expected a size from 1B to 1GiB",
                "file-stream:read?files=/var/log/a.log&lines=row; lines is \"row\", expected raw, json or string",
                "file-stream:read?files=/var/log/a.log&lines=avro; lines is \"avro\", expected raw, json or string",
                "hdfs-files:read?directory=/in&lines=json-schema; lines is \"json-schema\", expected raw, json or string",
                "file-stream:read?files=RAW(/var/log/a[.log); files is \"/var/log/a[.log\", and its pattern of names is invalid: Missing ']",
                "hdfs-files:read?directory=/in&format=parkett; format: found \"parkett\", expected one of lines, json, avro, parquet",
                "hdfs-files:read?directory=/in&format=parquet&lines=json; lines has no effect with format=parquet, since its rows are objects: remove lines",
            })
    void invalidOption_isRejected_withItsName(String source, String message) {
        assertRejected(source, true, message);
    }

    /** Raw lines would be written in no format. */
    @ParameterizedTest
    @ValueSource(strings = {"value=avro", "schema=a.avsc", "value=string"})
    void formatOfValues_withRawLines_isRejected(String option) {
        assertRejected(
                "file-stream:write?file=RAW(/data/{partition})&" + option,
                false,
                "value, schema and transforms need fields, which lines=raw does not have; expected lines=json or lines=string");
    }

    private void assertRejected(String uri, boolean isConsumed, String message) {
        Endpoint endpoint = camel.getEndpoint(uri);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> {
                    if (isConsumed) {
                        endpoint.createConsumer(exchange -> {});
                    } else {
                        endpoint.createProducer();
                    }
                })
                .withMessageEndingWith(message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }
}
