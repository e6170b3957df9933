// Repeats the prompt word by word, like the output of a language model.
export const handler = awslambda.streamifyResponse(async ({ prompt }, stream) => {
  const body = awslambda.HttpResponseStream.from(stream, {
    statusCode: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  });
  for (const word of ['You', 'said:', ...String(prompt).split(' ')]) {
    body.write(`data: ${word}\n\n`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  body.end();
});
