package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.kafka.Causes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import net.thisptr.jackson.jq.Scope;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * The record that a task is at, as formulas are asked about it: the value is the body, record headers are headers, all else is
 * variables. One for each task and part of a flow, used again for each record, on the task's thread only. Of what formulas do not
 * mention nothing is put there.
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
    private final Set<String> asked;
    private final boolean asksForPlace;
    /** As jq has them. */
    private Scope variables;

    private byte[] key;
    private ValueType keyType;
    /** Plain or a tree, as it came to be; the other is made of it when it is asked for. */
    private Object value;

    private boolean isInExchange;
    /** Null where the value was made here. */
    private byte[] unchanged;

    private Headers headers;
    private long timestamp;

    /**
     * Of a part of a flow.
     *
     * @param asked the names that its formulas ask for
     */
    public EvaluatedRecord(CamelContext camel, Set<String> asked) {
        this.exchange = new DefaultExchange(camel);
        this.asked = asked;
        this.asksForPlace = asked.contains(TOPIC) || asked.contains(PARTITION) || asked.contains(OFFSET);
    }

    /** The names of what formulas may ask for, besides tables. */
    public static Set<String> names() {
        return Set.of(KEY, TOPIC, PARTITION, OFFSET, TIMESTAMP, WINDOW_START, WINDOW_END, HEADER);
    }

    /** Whether it wants to know where its record comes from. */
    public boolean asksForPlace() {
        return asksForPlace;
    }

    /** Comes to another record, its value not known yet. */
    public void begin(byte[] newKey, ValueType typeOfKey, Headers newHeaders, long newTimestamp) {
        headers = newHeaders;
        timestamp = newTimestamp;
        variables = null;
        exchange.setException(null);
        value(null, null);
        key(newKey, typeOfKey);
        if (asked.contains(TIMESTAMP)) {
            exchange.setVariable(TIMESTAMP, newTimestamp);
        }
        if (asked.contains(HEADER)) {
            setHeaders(newHeaders);
        }
    }

    private void setHeaders(Headers newHeaders) {
        Map<String, Object> texts = new LinkedHashMap<>();
        for (Header each : newHeaders) {
            texts.put(each.key(), ValueType.STRING.read(each.value()));
        }
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeaders(texts);
    }

    /** Where the record comes from. */
    public void from(RecordMetadata place) {
        exchange.setVariable(TOPIC, place.topic());
        exchange.setVariable(PARTITION, place.partition());
        exchange.setVariable(OFFSET, place.offset());
    }

    /** The window whose result it is, in milliseconds since 1970. */
    public void window(long start, long end) {
        if (asked.contains(WINDOW_START)) {
            exchange.setVariable(WINDOW_START, start);
        }
        if (asked.contains(WINDOW_END)) {
            exchange.setVariable(WINDOW_END, end);
        }
    }

    /** Has a value from here on, plain or as a tree, whose bytes are known where nothing has changed it. */
    public void value(Object newValue, byte[] bytes) {
        value = newValue;
        unchanged = bytes;
        isInExchange = false;
    }

    /** Has another key from here on. */
    public void key(byte[] newKey, ValueType type) {
        key = newKey;
        keyType = type;
        if (asked.contains(KEY)) {
            exchange.setVariable(KEY, keyValue());
            variables = null;
        }
    }

    private Object keyValue() {
        try {
            return keyType.read(key);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the key " + e.getMessage(), e);
        }
    }

    /** Has a table's value from here on. */
    public void joined(String table, Object found) {
        exchange.setVariable(table, found);
        variables = null;
    }

    /** Whether formulas ask for it. */
    public boolean isAsked(String name) {
        return asked.contains(name);
    }

    /**
     * Whether a condition holds.
     *
     * @throws RefusedRecordException where it fails
     */
    public boolean holds(FlowExpression formula) {
        try {
            boolean holds = formula.holds(this);
            requireNoFailure();
            return holds;
        } catch (Exception e) {
            throw failed(formula, e);
        }
    }

    /**
     * What a formula comes to, plain or as a tree.
     *
     * @throws RefusedRecordException where it fails
     */
    public Object valueOf(FlowExpression formula) {
        try {
            Object result = formula.value(this);
            requireNoFailure();
            return result;
        } catch (Exception e) {
            throw failed(formula, e);
        }
    }

    /** Some languages leave what went wrong in the exchange. */
    private void requireNoFailure() throws Exception {
        if (exchange.getException() != null) {
            throw exchange.getException();
        }
    }

    private static RefusedRecordException failed(FlowExpression formula, Exception e) {
        return new RefusedRecordException(formula + ": " + Causes.inShort(Causes.innermost(e)));
    }

    /** For Camel's languages. */
    Exchange exchange() {
        if (!isInExchange) {
            exchange.getMessage().setBody(ValueType.plain(value));
            isInExchange = true;
        }
        return exchange;
    }

    /** The value, for jq. */
    JsonNode tree() {
        return ValueType.tree(value);
    }

    /** What jq knows besides the value, under the same names. */
    Scope scope(Scope root) {
        if (asked.isEmpty()) {
            return root;
        }
        if (variables == null) {
            variables = Scope.newChildScope(root);
            for (String name : asked) {
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

    public byte[] unchanged() {
        return unchanged;
    }

    public Headers headers() {
        return headers;
    }

    public long timestamp() {
        return timestamp;
    }
}
