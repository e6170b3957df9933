// Fails, to show what a caller sees of it.
export const handler = async () => {
  console.log('about to fail');
  throw new Error('this function is broken on purpose');
};
