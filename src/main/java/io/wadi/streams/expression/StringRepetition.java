package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import net.thisptr.jackson.jq.Expression;
import net.thisptr.jackson.jq.JsonQuery;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.operators.BinaryOperator;
import net.thisptr.jackson.jq.internal.operators.MultiplyOperator;

/**
 * jq's multiplication with a limit of the strings that it repeats: a record of 40 bytes could otherwise use up the
 * heap. The library has no option for it, so the operator is replaced in the compiled query. Thread-safe.
 */
final class StringRepetition implements BinaryOperator {
    /** Characters that all repetitions of an evaluation have together. */
    static final int MAX_CHARACTERS = 1 << 20;

    private static final String LIBRARY = Expression.class.getPackageName();

    private static final ThreadLocal<Double> CHARACTERS = ThreadLocal.withInitial(() -> 0.0);

    private final BinaryOperator multiplication = new MultiplyOperator();
    private boolean isUsed;

    /**
     * Replaces the multiplications of a query.
     *
     * @throws IllegalStateException if the library does not permit it
     */
    static StringRepetition limit(JsonQuery query) {
        StringRepetition limited = new StringRepetition();
        try {
            limited.replaceIn(query, Collections.newSetFromMap(new IdentityHashMap<>()));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("cannot limit repeated strings: " + e.getMessage(), e);
        }
        return limited;
    }

    private void replaceIn(Object part, Set<Object> seen) throws IllegalAccessException {
        if (part instanceof Collection<?> parts) {
            for (Object each : parts) {
                replaceIn(each, seen);
            }
        } else if (part != null && part.getClass().getName().startsWith(LIBRARY) && seen.add(part)) {
            for (Class<?> type = part.getClass(); type != Object.class; type = type.getSuperclass()) {
                replaceInFields(part, type, seen);
            }
        }
    }

    private void replaceInFields(Object part, Class<?> type, Set<Object> seen) throws IllegalAccessException {
        for (Field field : type.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) || !type.getName().startsWith(LIBRARY)) {
                continue;
            }
            field.setAccessible(true);
            Object value = field.get(part);
            if (value instanceof MultiplyOperator) {
                field.set(part, this);
                isUsed = true;
            } else {
                replaceIn(value, seen);
            }
        }
    }

    /** Begins an evaluation on the current thread. */
    void begin() {
        if (isUsed) {
            CHARACTERS.set(0.0);
        }
    }

    @Override
    public JsonNode apply(ObjectMapper mapper, JsonNode left, JsonNode right) throws JsonQueryException {
        if (left.isTextual() && right.isNumber()) {
            count(left, right);
        } else if (left.isNumber() && right.isTextual()) {
            count(right, left);
        }
        return multiplication.apply(mapper, left, right);
    }

    private void count(JsonNode text, JsonNode times) throws JsonQueryException {
        // The library also takes time for each repetition of an empty text.
        int length = Math.max(1, text.textValue().length());
        double total = CHARACTERS.get() + length * Math.max(0, times.doubleValue());
        if (Double.isNaN(total) || total > MAX_CHARACTERS) {
            throw new JsonQueryException(
                    "Repeated strings are too long, expected at most " + MAX_CHARACTERS + " characters");
        }
        CHARACTERS.set(total);
    }

    @Override
    public String image() {
        return multiplication.image();
    }
}
