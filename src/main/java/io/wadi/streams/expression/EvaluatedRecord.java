package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.kafka.Causes;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.thisptr.jackson.jq.Scope;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.util.function.ThrowingSupplier;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * The record that expressions are evaluated against: its value is the body, its headers are the message headers, and
 * everything else is in variables. Each task and stage of a flow has one instance, which is reused for all records, on
 * the task's thread only. Variables that no expression mentions are not set.
 */
public final class EvaluatedRecord {
    private static final String KEY = "key";
    private static final String TOPIC = "topic";
    private static final String PARTITION = "partition";
    private static final String OFFSET = "offset";
    private static final String TIMESTAMP = "timestamp";
    private static final String WINDOW_START = "windowStart";
    private static final String WINDOW_END = "windowEnd";
    private static final String HEADER = "header";

    private final Exchange exchange;
    private final Set<String> used;
    private final boolean needsMetadata;
    private final Set<String> joinedTables = new HashSet<>();
    private Scope variables;

    private byte[] key;
    private ValueType keyType;
    /** The value as it was set, plain or as a JSON tree; converted on demand. */
    private Object value;

    private boolean isInExchange;
    /** The value as the flow has read it; null if a step has changed the value. */
    private Original original;

    private Headers headers;
    private long timestamp;

    /** The bytes of a value in the flow's input topic, and their type. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Original(ValueType type, byte[] bytes) {}

    /**
     * Creates the record of a stage.
     *
     * @param used the variables that the stage's expressions use
     */
    public EvaluatedRecord(CamelContext camel, Set<String> used) {
        this.exchange = new DefaultExchange(camel);
        this.used = used;
        this.needsMetadata = used.contains(TOPIC) || used.contains(PARTITION) || used.contains(OFFSET);
    }

    /** Returns the names of all variables except those of tables. */
    public static Set<String> names() {
        return Set.of(KEY, TOPIC, PARTITION, OFFSET, TIMESTAMP, WINDOW_START, WINDOW_END, HEADER);
    }

    /** Returns the names of the variables that only records with a window have. */
    public static List<String> windowNames() {
        return List.of(WINDOW_START, WINDOW_END);
    }

    public boolean needsMetadata() {
        return needsMetadata;
    }

    /** Starts the next record, without joined tables; its value is set later. */
    public void begin(byte[] newKey, ValueType typeOfKey, Headers newHeaders, long newTimestamp) {
        headers = newHeaders;
        timestamp = newTimestamp;
        variables = null;
        exchange.setException(null);
        joinedTables.forEach(table -> exchange.setVariable(table, null));
        joinedTables.clear();
        value(null, null);
        key(newKey, typeOfKey);
        if (used.contains(TIMESTAMP)) {
            exchange.setVariable(TIMESTAMP, newTimestamp);
        }
        if (used.contains(HEADER)) {
            setHeaders(newHeaders);
        }
    }

    private void setHeaders(Headers newHeaders) {
        Map<String, Object> texts = new LinkedHashMap<>();
        for (Header each : newHeaders) {
            texts.put(each.key(), text(each.value()));
        }
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeaders(texts);
    }

    /**
     * Returns a header as text, in Base64 if it is not UTF-8. It does not fail, since the expressions may not read this
     * header.
     */
    private static Object text(byte[] header) {
        try {
            return ValueType.STRING.read(header);
        } catch (IllegalArgumentException e) {
            return Base64.getEncoder().encodeToString(header);
        }
    }

    /** Sets the origin; empty for a record that was not caused by another, such as that of a punctuation. */
    public void from(Optional<RecordMetadata> metadata) {
        exchange.setVariable(TOPIC, metadata.map(RecordMetadata::topic).orElse(null));
        exchange.setVariable(PARTITION, metadata.map(RecordMetadata::partition).orElse(null));
        exchange.setVariable(OFFSET, metadata.map(RecordMetadata::offset).orElse(null));
    }

    /** Sets the window of an aggregation's result, in milliseconds since the epoch. */
    public void window(long start, long end) {
        if (used.contains(WINDOW_START)) {
            exchange.setVariable(WINDOW_START, start);
        }
        if (used.contains(WINDOW_END)) {
            exchange.setVariable(WINDOW_END, end);
        }
    }

    /** Sets the value, plain or as a tree, and its original bytes; null for a changed value. */
    public void value(Object newValue, Original bytes) {
        value = newValue;
        original = bytes;
        isInExchange = false;
    }

    public void key(byte[] newKey, ValueType type) {
        key = newKey;
        keyType = type;
        if (used.contains(KEY)) {
            exchange.setVariable(KEY, keyValue());
            variables = null;
        }
    }

    /**
     * Returns the key, deserialized as its type.
     *
     * @throws IllegalArgumentException if the key is not of this type
     */
    public Object keyValue() {
        try {
            return keyType.read(key);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the key " + e.getMessage(), e);
        }
    }

    /** Sets the variable of a joined table until the next record. */
    public void joined(String table, Object found) {
        exchange.setVariable(table, found);
        joinedTables.add(table);
        variables = null;
    }

    public boolean uses(String name) {
        return used.contains(name);
    }

    /**
     * Returns whether a condition is met.
     *
     * @throws RejectedRecordException if its evaluation fails
     */
    public boolean holds(FlowExpression expression) {
        return evaluate(expression, () -> expression.holds(this));
    }

    /**
     * Returns the value of an expression, plain or as a tree.
     *
     * @throws RejectedRecordException if its evaluation fails
     */
    public Object valueOf(FlowExpression expression) {
        return evaluate(expression, () -> expression.value(this));
    }

    private <T> T evaluate(FlowExpression expression, ThrowingSupplier<T, Exception> evaluation) {
        try {
            T result = evaluation.get();
            if (exchange.getException() != null) {
                // Some languages set the exception instead of throwing it.
                throw exchange.getException();
            }
            return result;
        } catch (Exception | StackOverflowError e) {
            throw new RejectedRecordException(expression + ": " + reason(e));
        }
    }

    /**
     * Describes a failure. A stack overflow is caused by the record, since jq and JSONPath recurse into nested values.
     */
    private static String reason(Throwable e) {
        if (e instanceof RejectedRecordException) {
            return e.getMessage();
        }
        return Causes.among(e, StackOverflowError.class).isPresent()
                ? "the value is nested too deeply"
                : Causes.inShort(Causes.innermost(e));
    }

    Exchange exchange() {
        if (!isInExchange) {
            exchange.getMessage().setBody(ValueType.plain(value));
            isInExchange = true;
        }
        return exchange;
    }

    JsonNode tree() {
        return ValueType.tree(value);
    }

    Scope scope(Scope root) {
        if (used.isEmpty()) {
            return root;
        }
        if (variables == null) {
            variables = Scope.newChildScope(root);
            for (String name : used) {
                variables.setValue(
                        name,
                        ValueType.tree(
                                name.equals(HEADER) ? exchange.getMessage().getHeaders() : exchange.getVariable(name)));
            }
        }
        return variables;
    }

    public byte[] key() {
        return key;
    }

    public Object value() {
        return value;
    }

    /** Returns the value's original bytes and their type; null if a step has changed the value. */
    public Original original() {
        return original;
    }

    public Headers headers() {
        return headers;
    }

    public long timestamp() {
        return timestamp;
    }
}
