"""Several requests at the same moment."""
import threading

from support.errors import SwitchboardError


def at_once(app, *functions):
    """Run all functions at the same moment, each like a request of its own; what they returned or raised."""
    barrier, results = threading.Barrier(len(functions)), [None] * len(functions)

    def run(place, function):
        with app.app_context():
            barrier.wait()
            try:
                results[place] = function()
            except SwitchboardError as error:
                results[place] = error

    threads = [threading.Thread(target=run, args=entry) for entry in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
