package io.wadi.local.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.wadi.local.soak.Slope.Point;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlopeTest {
    private static List<Point> series(int count, IntToDoubleFunction value) {
        return IntStream.range(0, count)
                .mapToObj(second -> new Point(second, value.applyAsDouble(second)))
                .toList();
    }

    @Test
    void perHour_ofALine_isItsGrowth() {
        assertThat(Slope.perHour(series(100, second -> 5 + second / 36.0))).isEqualTo(100, within(1e-6));
        assertThat(Slope.perHour(series(100, second -> 7))).isZero();
    }

    @Test
    void perHour_ofManyPoints_isTheSame() {
        assertThat(Slope.perHour(series(5_000, second -> second / 36.0))).isEqualTo(100, within(1e-6));
    }

    @Test
    void perHour_withOutliers_isUnaffected() {
        assertThat(Slope.perHour(series(100, second -> second % 10 == 3 ? 1_000 : second / 36.0)))
                .isEqualTo(100, within(1.0));
    }

    @Test
    void perHour_ofTooFewPoints_isUnknown() {
        assertThat(Slope.perHour(List.of())).isNaN();
        assertThat(Slope.perHour(series(1, second -> 1))).isNaN();
    }

    @Test
    void floor_ofASawtooth_returnsItsMinima() {
        List<Point> sawtooth = series(1_200, second -> second / 36.0 + 3 * (second % 50));

        assertThat(Slope.floor(sawtooth, 12))
                .hasSize(12)
                .allSatisfy(each -> assertThat(each.second() % 50).isZero());
        assertThat(Slope.perHour(Slope.floor(sawtooth, 12))).isEqualTo(100, within(1e-6));
    }
}
