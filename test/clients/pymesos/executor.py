"""A pymesos executor: multiplies the two numbers of a task's data and sends the product as a message."""

import sys
import time
from threading import Thread

from addict import Dict
from pymesos import Executor, MesosExecutorDriver, decode_data, encode_data


class Multiplier(Executor):
    def launchTask(self, driver, task):
        def run():
            self.update(driver, task, 'TASK_RUNNING')
            left, right = decode_data(task.data).split()
            driver.sendFrameworkMessage(encode_data(str(int(left) * int(right)).encode()))
            self.update(driver, task, 'TASK_FINISHED')

        Thread(target=run).start()

    def update(self, driver, task, state):
        update = Dict()
        update.task_id.value = task.task_id.value
        update.state = state
        update.timestamp = time.time()
        driver.sendStatusUpdate(update)


if __name__ == '__main__':
    driver = MesosExecutorDriver(Multiplier(), use_addict=True)
    driver.run()
    sys.exit(0)
