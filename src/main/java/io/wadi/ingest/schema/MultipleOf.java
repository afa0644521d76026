package io.wadi.ingest.schema;

import com.networknt.schema.keyword.KeywordType;
import io.wadi.format.Decimals;
import java.math.BigDecimal;
import java.util.List;

/**
 * The keyword {@code multipleOf} for the networknt library. The library's implementation computes all digits of a
 * quotient, which takes a third of a millisecond for a number of five characters.
 */
final class MultipleOf {
    private MultipleOf() {}

    static CheckedKeyword keyword() {
        return new CheckedKeyword(KeywordType.MULTIPLE_OF, declared -> {
            BigDecimal divisor = declared.decimalValue();
            return new CheckedKeyword.Check(
                    node -> !node.isNumber() || Decimals.isMultiple(node.decimalValue(), divisor),
                    List.of(divisor.toString()));
        });
    }
}
