package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.format.Decimals;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * Arithmetic on whole numbers as {@link Long} and other numbers as {@link Double}, and the serialization of rows of
 * numbers with gaps.
 */
public final class Numbers {
    /** Serializes a row as a kind and eight bytes for each number. */
    public static final Serde<Number[]> ROW =
            Serdes.serdeFrom((topic, row) -> write(row), (topic, bytes) -> read(bytes));

    /** Less than half of the distance between the two largest doubles: no sum becomes infinite by adding it. */
    private static final double MAX_SUMMAND = 1e290;

    private static final int EACH = 1 + Long.BYTES;
    private static final byte WHOLE = 0;
    private static final byte FRACTION = 1;
    private static final byte GAP = 2;

    private Numbers() {}

    /**
     * Returns a value as a number; strings are parsed.
     *
     * @throws IllegalArgumentException if the value is not a number
     */
    public static Number of(Object value) {
        if (value instanceof Long whole) {
            return whole;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof BigInteger big) {
            return big.bitLength() < Long.SIZE ? big.longValue() : finite(big.doubleValue(), value);
        }
        if (value instanceof Number other) {
            return finite(other.doubleValue(), value);
        }
        if (value instanceof JsonNode node && (node.isNumber() || node.isTextual())) {
            return of(ValueType.plain(node));
        }
        if (value instanceof CharSequence text) {
            return parse(text.toString().strip());
        }
        throw notANumber(value);
    }

    private static Number parse(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException noWholeNumber) {
            try {
                return finite(Decimals.parse(text).doubleValue(), text);
            } catch (NumberFormatException e) {
                throw notANumber(text);
            }
        }
    }

    private static Number finite(double number, Object found) {
        if (Double.isFinite(number)) {
            return number;
        }
        throw notANumber(found);
    }

    private static IllegalArgumentException notANumber(Object found) {
        return new IllegalArgumentException(String.format(Locale.ROOT, "is %s, expected a number", quote(found)));
    }

    private static String quote(Object found) {
        return found instanceof CharSequence ? "\"" + found + "\"" : found == null ? "nothing" : ValueType.text(found);
    }

    /**
     * Returns a number after checking that it can be added up.
     *
     * @throws IllegalArgumentException if it is so large that a sum could become infinite
     */
    public static Number summand(Number number) {
        if (Math.abs(number.doubleValue()) > MAX_SUMMAND) {
            throw new IllegalArgumentException(
                    "is %s, expected a number from -1e290 to 1e290 to add up".formatted(number));
        }
        return number;
    }

    /** Returns the sum; a whole number if both are and it does not overflow. */
    public static Number sum(Number a, Number b) {
        if (a instanceof Long one && b instanceof Long other) {
            long sum = one + other;
            boolean isOverflow = ((one ^ sum) & (other ^ sum)) < 0;
            if (!isOverflow) {
                return sum;
            }
        }
        return a.doubleValue() + b.doubleValue();
    }

    public static int compare(Number a, Number b) {
        return a instanceof Long one && b instanceof Long other
                ? Long.compare(one, other)
                : Double.compare(a.doubleValue(), b.doubleValue());
    }

    private static byte[] write(Number[] row) {
        if (row == null) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(row.length * EACH);
        for (Number each : row) {
            if (each instanceof Long whole) {
                bytes.put(WHOLE).putLong(whole);
            } else if (each != null) {
                bytes.put(FRACTION).putDouble(each.doubleValue());
            } else {
                bytes.put(GAP).putLong(0);
            }
        }
        return bytes.array();
    }

    private static Number[] read(byte[] bytes) {
        if (bytes == null) {
            return null;
        }
        ByteBuffer from = ByteBuffer.wrap(bytes);
        Number[] row = new Number[bytes.length / EACH];
        for (int i = 0; i < row.length; i++) {
            row[i] = next(from);
        }
        return row;
    }

    private static Number next(ByteBuffer from) {
        byte kind = from.get();
        if (kind == FRACTION) {
            return from.getDouble();
        }
        long whole = from.getLong();
        return kind == WHOLE ? whole : null;
    }
}
