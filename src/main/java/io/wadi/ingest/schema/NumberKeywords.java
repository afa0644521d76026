package io.wadi.ingest.schema;

import com.networknt.schema.keyword.KeywordType;
import io.wadi.format.Decimals;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.IntPredicate;

/**
 * The keywords of numbers for the networknt library. The library's {@code multipleOf} computes all digits of a quotient,
 * which takes a third of a millisecond for a number of five characters. Its bounds of integers compare the low 64 bits of
 * a number with an exponent, so that 1e64 equals 0.
 */
final class NumberKeywords {
    private NumberKeywords() {}

    static List<CheckedKeyword> all() {
        return List.of(
                keyword(KeywordType.MULTIPLE_OF, Decimals::isMultiple),
                bound(KeywordType.MINIMUM, order -> order >= 0),
                bound(KeywordType.MAXIMUM, order -> order <= 0),
                bound(KeywordType.EXCLUSIVE_MINIMUM, order -> order > 0),
                bound(KeywordType.EXCLUSIVE_MAXIMUM, order -> order < 0));
    }

    private static CheckedKeyword bound(KeywordType type, IntPredicate isWithin) {
        return keyword(type, (number, bound) -> isWithin.test(number.compareTo(bound)));
    }

    private static CheckedKeyword keyword(KeywordType type, BiPredicate<BigDecimal, BigDecimal> isValid) {
        return new CheckedKeyword(type, declared -> {
            BigDecimal argument = declared.decimalValue();
            return new CheckedKeyword.Check(
                    node -> !node.isNumber() || isValid.test(node.decimalValue(), argument),
                    List.of(argument.toString()));
        });
    }
}
