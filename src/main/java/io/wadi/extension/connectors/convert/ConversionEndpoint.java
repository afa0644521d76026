package io.wadi.extension.connectors.convert;

import org.apache.camel.Component;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.storage.Converter;

/** An endpoint with the options of converters and transformations. */
public abstract class ConversionEndpoint extends DefaultEndpoint {
    private String value = "json";
    private String schema = "";
    private String transforms = "";

    protected ConversionEndpoint(String uri, Component component) {
        super(uri, component);
    }

    /** The format of records' values: {@code json}, {@code json-schema}, {@code avro} or {@code string}. */
    public void setValue(String value) {
        this.value = value;
    }

    /** The schema's file, such as {@code schemas/orders.avsc}, where values are Avro; after commas those of older records. */
    public void setSchema(String schema) {
        this.schema = schema;
    }

    /** Kafka Connect's transformations: the properties {@code transforms} and {@code predicates} of a connector, separated by blanks. */
    public void setTransforms(String transforms) {
        this.transforms = transforms;
    }

    /** Returns the converter of values. */
    protected final Converter values() {
        return Converters.of(value, schema);
    }

    /** Returns the converter of another format with the same schema. */
    protected final Converter converter(String format) {
        return Converters.of(format, schema);
    }

    /** Returns new transformations, to be closed by the caller. */
    @SuppressWarnings("TypeParameterUnusedInFormals") // of the sink or source that the endpoint is used for
    protected final <R extends ConnectRecord<R>> Transformations<R> transformations() {
        return new Transformations<>(transforms);
    }
}
