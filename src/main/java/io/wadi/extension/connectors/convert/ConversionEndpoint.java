package io.wadi.extension.connectors.convert;

import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Component;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.storage.Converter;

/** A base of endpoints with the options of converters and transformations. */
public abstract class ConversionEndpoint extends DefaultEndpoint {
    /** The reason why conversion options have no effect on a source. */
    protected static final String CONVERTED_AFTER =
            "a source reads rows or lines, and source-records: converts them; set it there";

    /** The reason why conversion options have no effect on lines that are the unchanged values of their records. */
    public static final String RAW_HAS_NO_FIELDS = "value, schema and transforms need fields, which lines=raw does not"
            + " have; expected lines=json or lines=string";

    private static final String DEFAULT_FORMAT = "json";

    private String value = DEFAULT_FORMAT;
    private String schema = "";
    private String transforms = "";
    private Set<String> given = Set.of();

    protected ConversionEndpoint(String uri, Component component) {
        super(uri, component);
    }

    /** Sets the format of the values of records: {@code json}, {@code json-schema}, {@code avro} or {@code string}. */
    public void setValue(String value) {
        this.value = value;
    }

    /**
     * Sets the files of schemas for values in Avro, separated by commas: the current schema, such as
     * {@code schemas/orders.avsc}, then those of older records.
     */
    public void setSchema(String schema) {
        this.schema = schema;
    }

    /**
     * Sets Kafka Connect's transformations: the properties {@code transforms} and {@code predicates} of a connector,
     * separated by blanks.
     */
    public void setTransforms(String transforms) {
        this.transforms = transforms;
    }

    /** Sets the names of the options in the URI, which {@link #reject} checks. */
    public final void given(Set<String> options) {
        given = options;
    }

    /**
     * Rejects options of the URI that would have no effect.
     *
     * @param endpoint the endpoint without its options, which may contain passwords
     * @param reason why they have no effect, and what to do instead
     * @throws IllegalArgumentException if the URI has one of these options
     */
    protected final void reject(Set<String> options, String endpoint, String reason) {
        for (String each : new TreeSet<>(options)) {
            if (given.contains(each)) {
                throw new IllegalArgumentException(
                        "%s: the option %s has no effect here: %s".formatted(endpoint, each, reason));
            }
        }
    }

    /**
     * Rejects the options of {@link #values} and {@link #transformations}, and the given options of sinks, on a source.
     */
    protected final void rejectOnSource(Set<String> ofSinks, String endpoint) {
        reject(Set.of("value", "schema", "transforms"), endpoint, CONVERTED_AFTER);
        reject(ofSinks, endpoint, "it is an option of sinks; remove it");
    }

    /** Returns whether values have another format than the default, a schema, or transformations. */
    public final boolean hasConversion() {
        return !value.equals(DEFAULT_FORMAT) || !schema.isBlank() || !transforms.isBlank();
    }

    protected final Converter values() {
        return converter(value);
    }

    /** Returns the converter of a format, with the schema of the endpoint. */
    protected final Converter converter(String format) {
        return Converters.of(format, schema);
    }

    /** Returns new transformations, which the caller closes. */
    @SuppressWarnings("TypeParameterUnusedInFormals") // callers use it as a sink or a source
    protected final <R extends ConnectRecord<R>> Transformations<R> transformations() {
        return new Transformations<>(transforms);
    }
}
