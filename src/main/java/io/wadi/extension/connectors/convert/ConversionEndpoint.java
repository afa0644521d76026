package io.wadi.extension.connectors.convert;

import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Component;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.storage.Converter;

/** An endpoint with the options of converters and transformations. */
public abstract class ConversionEndpoint extends DefaultEndpoint {
    /** The format of lines that are the values of records as they are. */
    protected static final String RAW = "raw";

    /** Why options of conversions have no effect on a source. */
    protected static final String CONVERTED_AFTER =
            "a source reads rows or lines, and source-records: converts them; set it there";

    private String value = "json";
    private String schema = "";
    private String transforms = "";
    private Set<String> given = Set.of();

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

    /** Takes the names of the options in the URI. */
    public final void given(Set<String> options) {
        given = options;
    }

    /**
     * Rejects options of the URI that would have no effect.
     *
     * @param endpoint the endpoint without its options, which may contain passwords
     * @param reason why they have no effect, and what to do instead
     * @throws IllegalArgumentException if one of these options is in the URI
     */
    protected final void reject(Set<String> options, String endpoint, String reason) {
        for (String each : new TreeSet<>(options)) {
            if (given.contains(each)) {
                throw new IllegalArgumentException(
                        "%s: the option %s has no effect here: %s".formatted(endpoint, each, reason));
            }
        }
    }

    /** Rejects the options of {@link #values} and {@link #transformations}, and others of sinks, on a source. */
    protected final void rejectOnSource(Set<String> ofSinks, String endpoint) {
        reject(Set.of("value", "schema", "transforms"), endpoint, CONVERTED_AFTER);
        reject(ofSinks, endpoint, "it is an option of sinks; remove it");
    }

    /** Returns the converter of values. */
    protected final Converter values() {
        return Converters.of(value, schema);
    }

    /** Returns the converter of lines of this format, with the same schema; null for {@code raw}, the value as it is. */
    protected final Converter lineConverter(String format) {
        return format.equals(RAW) ? null : Converters.of(format, schema);
    }

    /** Returns new transformations, to be closed by the caller. */
    @SuppressWarnings("TypeParameterUnusedInFormals") // of the sink or source that the endpoint is used for
    protected final <R extends ConnectRecord<R>> Transformations<R> transformations() {
        return new Transformations<>(transforms);
    }
}
