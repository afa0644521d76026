package io.wadi.streams.expression;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import java.io.IOException;

/** A generator that writes NaN and infinite numbers, which JSON does not have, as jq does; Jackson writes texts. */
final class FiniteNumbers extends JsonGeneratorDelegate {
    FiniteNumbers(JsonGenerator json) {
        super(json);
    }

    @Override
    public void writeNumber(double number) throws IOException {
        if (Double.isNaN(number)) {
            writeNull();
        } else {
            super.writeNumber(Math.max(-Double.MAX_VALUE, Math.min(number, Double.MAX_VALUE)));
        }
    }
}
