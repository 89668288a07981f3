import bips

with bips.Producer("hello-python", buffer_size=1024) as producer, bips.Consumer("hello-python") as consumer:
    with producer.pull() as lease:
        lease.data[:17] = b"hello from Python"
        lease.push(17)
    with consumer.pull() as frame:
        print(bytes(frame.data).decode())
