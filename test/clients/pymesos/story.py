"""pymesos, unmodified: subscribes, launches command tasks and an executor of its own, kills, reconciles, tears down.

Prints one JSON object a line for what it sees; ends when all has been seen.
"""

import json
import os
import sys
import uuid
from threading import Thread

from addict import Dict
from pymesos import MesosSchedulerDriver, Scheduler, encode_data, decode_data

MASTER = sys.argv[1]
EXECUTOR = '%s %s' % (sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'executor.py'))
ENDED = ('TASK_FINISHED', 'TASK_FAILED', 'TASK_KILLED', 'TASK_LOST', 'TASK_ERROR')


def say(**what):
    print(json.dumps(what))
    sys.stdout.flush()


class Story(Scheduler):
    def __init__(self):
        self.wanted = ['finishes', 'is-killed', 'custom']
        self.names = {}
        self.ended = set()
        self.reconciled = False

    def registered(self, driver, framework_id, master_info):
        say(event='registered', framework=framework_id.value, version=master_info.version)

    def resourceOffers(self, driver, offers):
        for offer in offers:
            cpus = sum(r.scalar.value for r in offer.resources if r.name == 'cpus')
            tasks = []
            while self.wanted and cpus >= 0.2:
                tasks.append(self.task(offer, self.wanted.pop(0)))
                cpus -= 0.2
            if tasks:
                driver.launchTasks(offer.id, tasks, Dict(refuse_seconds=1))
            else:
                driver.declineOffer(offer.id, Dict(refuse_seconds=60))

    def task(self, offer, name):
        task = Dict()
        task.task_id.value = '%s.%s' % (name, uuid.uuid4())
        self.names[task.task_id.value] = name
        task.agent_id.value = offer.agent_id.value
        task.name = name
        task.resources = [
            dict(name='cpus', type='SCALAR', scalar={'value': 0.1}),
            dict(name='mem', type='SCALAR', scalar={'value': 32}),
        ]
        if name == 'custom':
            task.executor.executor_id.value = 'pymesos-executor'
            task.executor.framework_id = Dict(value=offer.framework_id.value)
            task.executor.command.value = EXECUTOR
            task.executor.name = 'pymesos executor'
            task.data = encode_data(b'6 7')
        else:
            task.command.shell = True
            task.command.value = 'true' if name == 'finishes' else 'sleep 1000'
        return task

    def statusUpdate(self, driver, update):
        name = self.names.get(update.task_id.value)
        reason = update.get('reason')
        say(event='update', task=name, state=update.state, reason=reason, message=update.get('message'))
        if reason == 'REASON_RECONCILIATION':
            self.reconciled = True
        elif name == 'is-killed' and update.state == 'TASK_RUNNING':
            driver.reconcileTasks([Dict(task_id=update.task_id, agent_id=update.agent_id)])
        if name == 'is-killed' and self.reconciled and update.state == 'TASK_RUNNING':
            driver.killTask(update.task_id)
        if update.state in ENDED:
            self.ended.add(name)
        if len(self.ended) == 3:
            driver.stop(False)

    def frameworkMessage(self, driver, executor_id, slave_id, message):
        say(event='message', data=decode_data(message).decode())

    def error(self, driver, message):
        say(event='error', message=message)
        driver.stop(False)


framework = Dict(user='root' if os.getuid() == 0 else os.environ.get('USER', ''), name='pymesos story', hostname='localhost')
driver = MesosSchedulerDriver(Story(), framework, MASTER, use_addict=True)
thread = Thread(target=driver.run)
thread.daemon = True
thread.start()
thread.join(90)
say(event='end', finished=not thread.is_alive())
os._exit(0)
