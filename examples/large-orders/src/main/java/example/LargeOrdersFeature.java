package example;

import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import java.util.List;

/** Adds the route of {@link LargeOrders}; {@code META-INF/services} names this class. */
public final class LargeOrdersFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return List.of();
    }

    @Override
    public void bind(FeatureContext context) {
        context.bind("large-orders", new LargeOrders());
    }
}
