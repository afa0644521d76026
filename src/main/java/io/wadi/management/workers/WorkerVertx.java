package io.wadi.management.workers;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.impl.VertxWrapper;
import java.util.concurrent.Callable;

/**
 * A Vert.x instance that runs the blocking work of an admitted request on the threads of its {@link WorkerPool}. The
 * order of work is not kept. Other blocking work runs on Vert.x's own threads.
 */
public final class WorkerVertx extends VertxWrapper {
    public WorkerVertx(Vertx vertx) {
        super((VertxInternal) vertx);
    }

    @Override
    public <T> Future<T> executeBlocking(Callable<T> work, boolean ordered) {
        ContextInternal loop = getOrCreateContext();
        WorkerPool.Request request = WorkerPool.Request.of(loop);
        return request == null ? loop.executeBlocking(work, ordered) : request.run(loop, work);
    }

    @Override
    @SuppressWarnings("deprecation") // Vert.x Web calls it.
    public <T> Future<T> executeBlocking(Handler<Promise<T>> work, boolean ordered) {
        return executeBlocking(
                        () -> {
                            Promise<T> promise = Promise.promise();
                            work.handle(promise);
                            return promise.future();
                        },
                        ordered)
                .compose(result -> result);
    }

    @Override
    @SuppressWarnings("deprecation") // Vert.x Web calls it.
    public <T> void executeBlocking(Handler<Promise<T>> work, boolean ordered, Handler<AsyncResult<T>> result) {
        Future<T> future = executeBlocking(work, ordered);
        if (result != null) {
            future.onComplete(result);
        }
    }
}
