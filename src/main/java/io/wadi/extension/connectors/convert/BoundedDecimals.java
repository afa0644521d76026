package io.wadi.extension.connectors.convert;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import java.io.IOException;
import java.math.BigDecimal;

/**
 * A JSON generator that writes decimals, floats and doubles without exponent if that adds few zeros. A number such as
 * 1e9999 keeps its exponent; otherwise the output could be more than a thousand times longer than the input.
 */
final class BoundedDecimals extends JsonGeneratorDelegate {
    /** The maximum number of zeros that replace an exponent. */
    static final int MAX_ZEROS = 30;

    BoundedDecimals(JsonGenerator generator) {
        super(generator, false);
    }

    @Override
    public void writeNumber(BigDecimal number) throws IOException {
        if (number == null) {
            delegate.writeNull();
        } else {
            delegate.writeNumber(isShort(number) ? number.toPlainString() : number.toString());
        }
    }

    @Override
    public void writeNumber(double number) throws IOException {
        if (!isWrittenWithoutExponent(Double.toString(number))) {
            delegate.writeNumber(number);
        }
    }

    @Override
    public void writeNumber(float number) throws IOException {
        if (!isWrittenWithoutExponent(Float.toString(number))) {
            delegate.writeNumber(number);
        }
    }

    /** Writes a number as a decimal if its text has an exponent; otherwise returns false. */
    private boolean isWrittenWithoutExponent(String number) throws IOException {
        if (number.indexOf('E') < 0) {
            return false;
        }
        writeNumber(new BigDecimal(number).stripTrailingZeros());
        return true;
    }

    private static boolean isShort(BigDecimal number) {
        return number.scale() >= -MAX_ZEROS && (long) number.scale() - number.precision() <= MAX_ZEROS;
    }
}
