"""The next sign is told from those before; then a text is spun on."""

import keras
import numpy as np
from keras import layers

text = "a net of layers learns to tell the next sign from the signs that came before it "
signs = sorted(set(text))
ids = np.array([signs.index(sign) for sign in text])
x = np.stack([ids[i : i + 8] for i in range(len(ids) - 8)])
y = ids[8:]
model = keras.Sequential(
    [
        keras.Input((None,)),
        layers.Embedding(len(signs), 6),
        layers.LSTM(10, return_sequences=True),
        layers.LSTM(10),
        layers.Dense(len(signs), activation="softmax"),
    ]
)
rng = np.random.default_rng(50)
model.set_weights([rng.normal(0, 0.4, w.shape) for w in model.get_weights()])
model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
losses = model.fit(x, y, epochs=4, batch_size=16, shuffle=False, verbose=0).history["loss"]
spun = list(ids[:8])
for _ in range(6):
    spun.append(int(np.argmax(model.predict(np.array([spun[-8:]]), verbose=0)[0])))
figures = [*losses, *spun]
