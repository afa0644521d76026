package io.wadi.extension.connectors.convert;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;

/** Conversions of records of a topic. */
abstract class ConverterTestSupport {
    static SchemaAndValue read(Converter converter, String bytes) {
        return converter.toConnectData("orders", bytes.getBytes(UTF_8));
    }

    static byte[] write(Converter converter, SchemaAndValue record) {
        return converter.fromConnectData("orders", record.schema(), record.value());
    }

    static SchemaAndValue fields(String json) {
        return read(Converters.of("json", ""), json);
    }

    static String json(SchemaAndValue record) {
        return new String(write(Converters.of("json", ""), record), UTF_8);
    }
}
